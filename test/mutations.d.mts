interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export const mutations: readonly ({ readonly name: string } & (Edit | { readonly edits: readonly Edit[] }))[]

/** Reading what a server sent without trusting its shape: whatever is not as expected is absent. */

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** An object's fields; none for anything else. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A string that is not empty. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A count: whole and not negative. */
export const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** An amount: finite and not negative. */
export const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/** Keeps what is known. */
export function known<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}

/** JSON or undefined. */
export function json(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}

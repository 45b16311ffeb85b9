/** Where a value came from. */
export type Origin =
  | { readonly from: 'flag' }
  | { readonly from: 'file'; readonly file: string; readonly line?: number }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'default' }

const strengths = ['default', 'environment', 'file', 'flag']

/** The stronger of two is the greater. */
export const strength = (origin: Origin | undefined): number => strengths.indexOf(origin?.from ?? '')

import { complete, defines, javascript } from './javascript.js'
import type { LanguageSupport } from './spec.js'

/** JavaScript once its types are gone, which happens in a box too: the compiler reads what models wrote. */
export const typescript: LanguageSupport = {
  ...javascript,
  name: 'typescript',
  fences: ['typescript', 'ts', 'tsx', 'mts', 'cts'],
  complete,
  defines,
}

import type { Json } from '@bench/datasets'
import type { Answer } from '../spec.js'

/** How a reply was read, for a score's detail: the rule, and where other rules read otherwise, which. */
export function readingDetail({ rule, alternatives = [], notes }: Answer): { readonly [key: string]: Json } {
  return {
    ...(rule === undefined ? {} : { rule }),
    ...(alternatives.length === 0
      ? {}
      : { extraction: 'disagreed', alternatives: alternatives.map((one) => one.rule) }),
    ...(notes === undefined ? {} : { notes: notes.slice(0, 20) }),
  }
}

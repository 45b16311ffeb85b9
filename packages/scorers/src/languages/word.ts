/** A name as a regular expression finds it: `$` and the like stand for themselves. */
export const word = (name: string): string => name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')

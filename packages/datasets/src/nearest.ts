import { closest, distance } from 'fastest-levenshtein'

/** The known name nearest to `name`, where one is near enough to be a slip of the keyboard. */
function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const best = closest(name.toLowerCase(), known)
  return distance(name.toLowerCase(), best.toLowerCase()) <= Math.max(2, best.length * 0.34)
    ? best
    : undefined
}

/** `; did you mean "prompt"?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const best = nearest(name, known)
  return best === undefined ? '' : `; did you mean "${best}"?`
}

import { distance } from 'fastest-levenshtein'
import type { Path } from './written.js'

/** `models[1].max_tokens`. */
export const placeOf = (path: Path): string =>
  path.reduce<string>(
    (place, step) =>
      typeof step === 'number' ? `${place}[${step}]` : place === '' ? step : `${place}.${step}`,
    '',
  )

/** The known names nearest to one, where a slip of the keyboard could lie between: `; did you mean temperature?` */
export function didYouMean(name: string, known: readonly string[]): string {
  const bare = (word: string) => word.toLowerCase().replace(/[-_ ]/g, '')
  const [best] = known
    .map((word) => ({ word, far: distance(bare(name), bare(word)) }))
    .sort((a, b) => a.far - b.far)
  const near = best !== undefined && best.far <= Math.max(2, best.word.length * 0.34)
  return near ? `; did you mean ${best.word}?` : `. Known: ${known.join(', ')}`
}

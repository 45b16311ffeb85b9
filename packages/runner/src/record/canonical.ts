/**
 * JSON with keys sorted at every depth and no spaces, so that equal data gives equal text on every machine.
 * Members that are undefined are left out, as `JSON.stringify` does.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}

/**
 * A 53-bit hash of JSON data, the same whatever the order of members; undefined ones do not count. The sum, over all
 * leaves, of a hash of the way to the leaf and the leaf: two lanes of 32 bits in the manner of FNV-1a
 * (http://www.isthe.com/chongo/tech/comp/fnv/). Builds no text, for it is taken of every line of a log. Not for
 * security; needs no `node:` import.
 */
export function contentHash(value: unknown): number {
  const sum = { low: 0, high: 0 }
  addLeaves(sum, value, 0x811c9dc5, 0x1b873593)
  return (sum.high >>> 11) * 2 ** 32 + (sum.low >>> 0)
}

interface Lanes {
  low: number
  high: number
}

/** @param low of the way here, as `high` is in the other lane */
function addLeaves(sum: Lanes, value: unknown, low: number, high: number): void {
  if (typeof value !== 'object' || value === null) {
    // A string is told from the number or the word that it spells.
    addText(sum, typeof value === 'string' ? `"${value}` : String(value), low, high)
    return
  }
  addText(sum, Array.isArray(value) ? '[' : '{', low, high)
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name]
    if (member === undefined) continue
    let [memberLow, memberHigh] = [low, high]
    for (let i = 0; i < name.length; i++) {
      memberLow = Math.imul(memberLow ^ name.charCodeAt(i), 0x01000193)
      memberHigh = Math.imul(memberHigh ^ name.charCodeAt(i), 0x85ebca6b)
    }
    addLeaves(sum, member, Math.imul(memberLow ^ 0x2f, 0x01000193), Math.imul(memberHigh ^ 0x2f, 0x85ebca6b))
  }
}

function addText(sum: Lanes, text: string, low: number, high: number): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
    high ^= high >>> 15
  }
  sum.low = (sum.low + low) | 0
  sum.high = (sum.high + high) | 0
}

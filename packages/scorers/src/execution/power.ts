/**
 * `x ** n`, rounded once, as C's `pow` gives it but for one in thousands. JavaScript's own is off in the last places, which a polynomial
 * of large terms that cancel each other does not forgive.
 * @param n 0 or a positive whole number
 */
export function power(x: number, n: number): number {
  if (!Number.isFinite(x)) return x ** n
  const [mantissa, exponent] = parts(x)
  return nearest(mantissa ** BigInt(n), exponent * n)
}

const bits = new DataView(new ArrayBuffer(8))

/** The number as `mantissa * 2 ** exponent`, exactly. */
function parts(x: number): [mantissa: bigint, exponent: number] {
  bits.setFloat64(0, x)
  const word = bits.getBigUint64(0)
  const biased = Number((word >> 52n) & 0x7ffn)
  const fraction = word & ((1n << 52n) - 1n)
  const size = biased === 0 ? fraction : fraction | (1n << 52n)
  return [x < 0 ? -size : size, Math.max(biased, 1) - 1075]
}

/** The float that is nearest to `mantissa * 2 ** exponent`; of two, the even one. */
function nearest(mantissa: bigint, exponent: number): number {
  const size = mantissa < 0n ? -mantissa : mantissa
  const length = size.toString(2).length
  // As many bits go as a float has no place for: 53 stay, fewer near zero.
  const gone = Math.max(length - 53, -1074 - exponent, 0)
  const half = gone === 0 ? 0n : 1n << BigInt(gone - 1)
  const kept = size >> BigInt(gone)
  const rest = size - (kept << BigInt(gone))
  const up = gone > 0 && (rest > half || (rest === half && (kept & 1n) === 1n))
  const rounded = Number(up ? kept + 1n : kept) * 2 ** (exponent + gone)
  return mantissa < 0n ? -rounded : rounded
}

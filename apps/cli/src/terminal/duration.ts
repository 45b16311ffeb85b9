/** `4 s`, `2m12s`, `1h03m`: a duration as people say it. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) {
    return `${seconds}s`
  }
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) {
    return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`
  }
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

/** `$0.0042`, `$1.42`, `$120`: dollars with as many digits as tell something. */
export function dollars(usd: number): string {
  if (usd === 0) {
    return '$0'
  }
  if (usd < 0.01) {
    return `$${usd.toPrecision(2)}`
  }
  return `$${usd.toFixed(usd < 100 ? 2 : 0)}`
}

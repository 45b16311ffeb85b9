/** Bytes of a GB as graphics cards count it: 1024³. A "24 GB" card reports 24576 MiB. */
export const gb = 2 ** 30

/**
 * A tool's cell as a number, with or without its unit (`"38 %"`, `"575 MiB"`).
 * @returns Undefined for what is not a number between `least` and `most`: `[N/A]`, `[Not Supported]`, `ERR!`, ''.
 */
export function reading(cell: unknown, least: number, most: number): number | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?)(?:\s*[a-z%]+)?\s*$/i.exec(String(cell))
  const value = Number(match?.[1] ?? Number.NaN)
  return value >= least && value <= most ? value : undefined
}

/** The entries that are known, so that what is unknown is absent. */
export function known<T extends Record<string, unknown>>(
  entries: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const present = Object.entries(entries).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as { [Key in keyof T]?: Exclude<T[Key], undefined> }
}

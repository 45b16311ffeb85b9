/** Names that Windows gives to devices, with whatever ending. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i

/** What is wrong with a path that a reply gives, for people; undefined where it is a plain relative one. */
export function faultOfPath(path: string): string | undefined {
  if (path === '') return 'the path is empty'
  if (Buffer.byteLength(path) > 1024) return 'the path is longer than 1024 bytes'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/.test(path))
    return 'the path has characters that cannot be seen'
  if (/\p{Surrogate}/u.test(path)) return 'the path is not well-formed Unicode'
  if (path.startsWith('/') || path.startsWith('\\')) return 'the path is absolute; give one below the project'
  if (/^[a-z]:/i.test(path)) return 'the path is absolute (it names a drive); give one below the project'
  if (path.startsWith('~')) return 'the path begins in a home folder; give one below the project'
  const names = path.split(/[/\\]/)
  if (names.includes('..')) return 'the path goes up (..); give one below the project'
  if (path.includes('\\')) return 'the path has a backslash; write / between names'
  for (const name of names) {
    if (name === '' || name === '.') return 'the path has an empty name in it'
    if (Buffer.byteLength(name) > 255) return 'the path has a name longer than 255 bytes'
    if (/[<>:"|?*]/.test(name)) return 'the path has characters that not every file system takes'
    if (/[. ]$/.test(name)) return 'the path has a name that ends with a dot or a space'
    if (device.test(name)) return `the path has the name of a device (${name})`
  }
  return undefined
}

/** A name as a file system would compare it that knows neither case nor forms of Unicode. */
export const folded = (path: string) => path.normalize('NFKC').toLowerCase().normalize('NFKC')

/** Pairs of paths that are one file to some file systems, or of which one would have to be a folder. */
export function sameNames(paths: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  const seen = new Map<string, string>()
  for (const path of paths) {
    const known = seen.get(folded(path))
    if (known !== undefined) pairs.push([known, path])
    else seen.set(folded(path), path)
  }
  for (const path of paths) {
    const names = folded(path).split('/')
    for (let n = 1; n < names.length; n++) {
      const file = seen.get(names.slice(0, n).join('/'))
      if (file !== undefined) pairs.push([file, path])
    }
  }
  return pairs
}

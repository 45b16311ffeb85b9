import { clean } from '@bench/report'

/** `45 kB`, `1.2 MB` */
export const megabytes = (size: number) =>
  size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`

/** A file or a pipe takes lines of any length. */
const width = () => process.stdout.columns ?? Number.POSITIVE_INFINITY

/** One line of a text, cut to the terminal. */
export function cut(text: string, indent = 0): string {
  const line = clean(text.replace(/\s+/g, ' ').trim())
  const room = Math.max(20, width() - indent)
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`
}

/** The first eight lines of a prompt. */
export function excerpt(prompt: string): readonly string[] {
  const lines = prompt.trimEnd().split('\n')
  const shown = lines.slice(0, 8).map((line) => {
    const text = clean(line.trimEnd())
    return text.length <= width() - 2 ? text : `${text.slice(0, width() - 3)}…`
  })
  return lines.length > 8 ? [...shown, `… (${lines.length - 8} more lines)`] : shown
}

/** Every line of a table, cut to the terminal. */
export const fit = (text: string) =>
  text
    .split('\n')
    .map((line) => (line.length <= width() ? line : `${line.slice(0, width() - 1)}…`))
    .join('\n')

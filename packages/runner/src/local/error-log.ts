import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordSink } from '../spec.js'

/** Writes what failed for no fault of the model to `errors.log`, a line each: when, what was asked, what happened. */
export function errorLog(dir: string): RecordSink {
  const path = join(dir, 'errors.log')
  return {
    write(line) {
      const failed = line.kind === 'attempt' ? line.error !== undefined : line.outcome === 'infra'
      if (!failed) return
      const [when, what, why] =
        line.kind === 'attempt'
          ? [
              line.ended,
              `${line.model} ${line.task} #${line.repeat}`,
              `${line.error?.code}: ${line.error?.message}`,
            ]
          : [line.at, `${line.scorer} ${line.keys.join(' ')}`, String(line.detail?.error ?? 'not judged')]
      appendFileSync(path, `${when} ${oneLine(`${what}: ${why}`)}\n`)
    },
  }
}

/** Messages may quote a server: no line break or control character of theirs reaches the file. */
const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')

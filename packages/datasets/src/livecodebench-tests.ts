import { inflateSync } from 'node:zlib'
import { z } from 'zod'
import { explainIssue, Faults } from './faults.js'
import { strict } from './json-value.js'
import { pickledText } from './pickled-text.js'

/** A test as LiveCodeBench writes it. */
export interface WrittenTest {
  readonly input: string
  readonly output: string
  readonly testtype: 'stdin' | 'functional'
}

const tests = z.array(
  strict({ input: z.string(), output: z.string(), testtype: z.enum(['stdin', 'functional']) }),
)

/**
 * Tests of a problem: JSON, or JSON in a pickle, deflated, in base64. The pickle is read, never run.
 * @param maxBytes what packed tests may unpack to; the default is far above those of the published files
 * @throws Error saying which layer is at fault
 */
export function readTests(written: string, maxBytes = 256 * 1024 * 1024): readonly WrittenTest[] {
  const json = /^\s*\[/.test(written) ? written : pickledText(inflate(written, maxBytes))
  const read = tests.safeParse(parse(json), { error: explainIssue })
  if (read.success) return read.data
  const faults = new Faults()
  faults.addIssues('', read.error)
  throw new Error(faults.first ?? 'no tests')
}

function inflate(written: string, maxBytes: number): Uint8Array {
  if (!/^[A-Za-z\d+/\s]+={0,2}\s*$/.test(written)) throw new Error('neither a JSON list nor base64')
  try {
    return inflateSync(Buffer.from(written, 'base64'), { maxOutputLength: maxBytes })
  } catch (cause) {
    const tooLarge = cause instanceof RangeError
    throw new Error(tooLarge ? `unpacks to more than ${maxBytes} bytes` : 'base64 of no zlib data', {
      cause,
    })
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new Error('not valid JSON', { cause })
  }
}

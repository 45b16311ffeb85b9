import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Line } from './record/lines.js'
import type { RunLog } from './spec.js'

export { type SolverUnderTest, testSolver } from './testing/solver.js'

/** A log under test. Whoever makes one disposes of it. */
export interface LogUnderTest extends AsyncDisposable {
  /** Opens it for writing, as a new process would. */
  open(): Promise<RunLog>
  /** The file its lines lie in, one a line; absent where there is none, and then no torn tails are tried. */
  readonly file?: string
}

/** A line for key `k<i>`, not like any other. */
export const sampleLine = (i: number): Line => ({
  v: 1,
  kind: 'attempt',
  key: `k${i}`,
  try: 1,
  task: `täsk ${i} \u2028 "quoted"\n`,
  model: 'm',
  repeat: 0,
  solver: 'single',
  what: 'replied',
  started: '2026-11-21T07:00:00.000Z',
  ended: '2026-11-21T07:00:01.000Z',
  host: 'h',
  reply: 'r',
})

/** What every run log must do. */
export function testRunLog(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`run log ${name}`, () => {
    test('a new log has no lines', async () => {
      await using made = await make()
      await using log = await made.open()
      expect(await all(log)).toEqual([])
    })

    test('lines are there once acknowledged, in the order of the calls', async () => {
      await using made = await make()
      await using log = await made.open()
      const lines = Array.from({ length: 200 }, (_, i) => sampleLine(i))
      for (const [i, line] of lines.entries()) {
        const acknowledged = log.append(line)
        if (i % 50 === 0) {
          await acknowledged
          expect((await all(log)).length).toBe(i + 1)
        }
      }
      await log.append(sampleLine(200))
      expect(await all(log)).toEqual([...lines, sampleLine(200)])
    })

    test('lines outlive the writer', async () => {
      await using made = await make()
      {
        await using log = await made.open()
        await Promise.all([log.append(sampleLine(0)), log.append(sampleLine(1))])
      }
      await using again = await made.open()
      await again.append(sampleLine(2))
      expect(await all(again)).toEqual([0, 1, 2].map(sampleLine))
    })

    test('a second writer is refused while the first lives', async () => {
      await using made = await make()
      {
        await using _log = await made.open()
        await expect(made.open()).rejects.toMatchObject({ name: 'RunnerError', code: 'locked' })
      }
      await using _next = await made.open()
    })

    test('a tail torn at any byte of the last three lines costs only what was torn', async ({ skip }) => {
      await using made = await make()
      const { file } = made
      if (file === undefined) return skip('its lines are not in a file')
      {
        await using log = await made.open()
        for (let i = 0; i < 5; i++) await log.append(sampleLine(i))
      }
      const whole = await readFile(file)
      const text = whole.toString('latin1')
      const ends = [...text.matchAll(/\n/g)].map((match) => match.index + 1)
      expect(ends).toHaveLength(5)
      for (let length = ends[1]!; length <= whole.length; length++) {
        await writeFile(file, whole)
        await truncate(file, length)
        await using log = await made.open()
        await log.append(sampleLine(9))
        const left = ends.filter((end) => end <= length).length
        const keys = (await all(log)).map((line) => (line.kind === 'attempt' ? line.key : ''))
        expect(keys).toEqual([...Array.from({ length: left }, (_, i) => `k${i}`), 'k9'])
      }
    })

    test('a line that is none, in the middle, is named', async ({ skip }) => {
      await using made = await make()
      if (made.file === undefined) return skip('its lines are not in a file')
      {
        await using log = await made.open()
        await log.append(sampleLine(0))
      }
      await appendFile(made.file, '{"v":1,"kind":"attempt"}\n')
      await using log = await made.open()
      await expect(all(log)).rejects.toMatchObject({
        code: 'bad_log',
        message: expect.stringContaining(':2 '),
      })
    })

    test('keys that this version does not know are kept', async () => {
      await using made = await make()
      await using log = await made.open()
      const line: Line = Object.assign(sampleLine(0), { from_the_future: { a: 1 } })
      await log.append(line)
      expect(await all(log)).toEqual([line])
    })
  })
}

async function all(log: RunLog): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of log.lines()) lines.push(line)
  return lines
}

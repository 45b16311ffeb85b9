import { createHash } from 'node:crypto'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Line } from './record/lines.js'
import type { BlobStore, Budget, RunLog } from './spec.js'

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

/** Why a test of a suite is left out, by the test's name. */
type Skips = Readonly<Record<string, string>>

/** What every run log must do. */
export function testRunLog(name: string, make: () => Promise<LogUnderTest>, skips: Skips = {}): void {
  describe(`run log ${name}`, () => {
    leaveOut(skips)

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

/** A store of replies under test. Whoever makes one disposes of it. */
export interface BlobsUnderTest extends AsyncDisposable {
  /** Opens it, as a new process would. */
  open(): Promise<BlobStore>
}

/** What every store of replies must do. */
export function testBlobStore(name: string, make: () => Promise<BlobsUnderTest>): void {
  describe(`blob store ${name}`, () => {
    const texts = ['', 'plain', 'é \u2028 \u0000 \ud83d\ude00 "quoted"\n', 'lone \ud800', 'x'.repeat(300_000)]

    test('a text comes back by its hash, from another opening too', async () => {
      await using made = await make()
      const hashes: string[] = []
      {
        await using store = await made.open()
        for (const text of texts) hashes.push(await store.put(text))
        for (const [i, hash] of hashes.entries()) expect(await store.get(hash)).toBe(texts[i])
      }
      expect(new Set(hashes).size).toBe(texts.length)
      await using again = await made.open()
      for (const [i, hash] of hashes.entries()) expect(await again.get(hash)).toBe(texts[i])
    })

    test('equal texts have one hash, put at once or later: the SHA-256 of their UTF-8', async () => {
      await using made = await make()
      await using store = await made.open()
      const hashes = await Promise.all(['same', 'same', 'same'].map((text) => store.put(text)))
      hashes.push(await store.put('same'))
      expect(new Set(hashes)).toEqual(new Set([createHash('sha256').update('same').digest('hex')]))
    })

    test('what was never put is not there', async () => {
      await using made = await make()
      await using store = await made.open()
      expect(await store.get('00'.repeat(32))).toBeUndefined()
    })
  })
}

/** A budget under test. Whoever makes one disposes of it. */
export interface BudgetUnderTest extends AsyncDisposable {
  /** One of those who spend it together; a second call is a second one, where there may be several. */
  open(): Promise<Budget>
}

/** What every budget must do. @param make with a cap in US dollars */
export function testBudget(
  name: string,
  make: (cap: number) => Promise<BudgetUnderTest>,
  skips: Skips = {},
): void {
  describe(`budget ${name}`, () => {
    leaveOut(skips)

    test('what is spent and what is set aside never pass the cap; what is free always fits', async () => {
      await using made = await make(10)
      const money = await made.open()
      expect(await money.reserve(6)).toBe(true)
      expect(await money.reserve(11)).toBe(false)
      expect(await money.reserve(0)).toBe(true)
      money.settle(6, 2)
      expect(await money.reserve(8)).toBe(true)
      money.settle(8, 8)
      expect(await money.reserve(0.01)).toBe(false)
      expect(await money.reserve(0)).toBe(true)
      expect(money.spent).toBe(10)
    })

    test('many at once get no more than there is', async () => {
      await using made = await make(10)
      const money = await made.open()
      let held = 0
      let most = 0
      let spent = 0
      const call = async (): Promise<void> => {
        if (!(await money.reserve(1))) return
        most = Math.max(most, spent + ++held)
        await null
        held--
        spent += 0.5
        money.settle(1, 0.5)
      }
      await Promise.all(Array.from({ length: 60 }, call))
      expect(most).toBeLessThanOrEqual(10)
      expect(spent).toBeLessThanOrEqual(10)
      expect(spent).toBeGreaterThan(4)
    })

    test('those who spend it together get no more than there is', async () => {
      await using made = await make(5)
      const purses = await Promise.all([made.open(), made.open(), made.open()])
      let spent = 0
      const call = async (money: Budget): Promise<void> => {
        if (!(await money.reserve(1))) return
        spent += 1
        money.settle(1, 1)
      }
      await Promise.all(Array.from({ length: 30 }, (_, i) => call(purses[i % 3]!)))
      expect(spent).toBe(5)
    })
  })
}

function leaveOut(skips: Skips): void {
  beforeEach(({ task, skip }) => {
    const why = skips[task.name]
    if (why !== undefined) skip(why)
  })
}

async function all(log: RunLog): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of log.lines()) lines.push(line)
  return lines
}

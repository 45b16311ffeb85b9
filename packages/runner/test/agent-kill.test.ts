import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRun, openBlobStore, readRunLog } from '../src/index.js'
import { type AttemptLine, foldLines, type Line, type ScoreLine, summarise } from '../src/record/index.js'
import { programOf } from './program.js'
import { addTask, boxed, call, planFor, type Turn, toolServer, write } from './solver-world.js'
import { tempFolder } from './world.js'

const program = programOf('agent-run')

const turns: readonly Turn[] = [
  { calls: [write('solution.py', 'def add(a, b):\n    return a - b\n'), call('run_tests')] },
  { calls: [write('solution.py', 'def add(a, b):\n    return a + b\n'), call('run_tests')] },
  { text: 'Done.', calls: [call('finish')] },
]
const tasks = Array.from({ length: 4 }, (_, i) => addTask(`t${i}`))

describe.skipIf(!boxed)('agents killed in mid-attempt', () => {
  for (const kills of [[2], [3, 1], [6, 2, 1], [11]])
    test(`after ${kills.join(', then ')} calls: no finished call is paid twice`, {
      timeout: 120_000,
    }, async () => {
      await using out = await tempFolder()
      const { dir, plan } = await createRun(out.path, { ...(await planFor('agent', tasks)), concurrency: 2 })
      let child: ChildProcess | undefined
      let left = 0
      const asked = new Map<string, number>()
      await using server = await toolServer('chat', ({ turn, body }) => {
        if (--left === 0) child?.kill('SIGKILL')
        const which = `${/Task (t\d)/.exec(body)?.[1]} ${turn}`
        asked.set(which, (asked.get(which) ?? 0) + 1)
        return turns[turn]!
      })
      for (const after of [...kills, Number.POSITIVE_INFINITY]) {
        left = after
        child = spawn(process.execPath, [program, dir, server.url], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        const [code, signal] = await once(child, 'exit')
        expect([code, signal]).toEqual(after === Number.POSITIVE_INFINITY ? [0, null] : [null, 'SIGKILL'])
      }
      // Only what was under way when it was killed was asked twice.
      const again = [...asked.values()].reduce((sum, times) => sum + times - 1, 0)
      expect(again).toBeLessThanOrEqual(2 * kills.length)
      expect(asked.size).toBe(tasks.length * turns.length)
      const lines: Line[] = []
      for await (const line of readRunLog(dir)) lines.push(line)
      const attempts = lines.filter((line): line is AttemptLine => line.kind === 'attempt')
      expect(attempts).toHaveLength(tasks.length)
      for (const line of attempts)
        expect(line).toMatchObject({ iterations: 3, self_corrected: true, usage: { input: 300, output: 30 } })
      const twice = [...asked].filter(([, times]) => times > 1).map(([which]) => which.slice(0, 2))
      const marked = attempts.filter((line) => line.possibly_billed).map(({ task }) => task)
      expect(marked).toEqual(expect.arrayContaining(twice))
      const [summary] = summarise(plan, await foldLines(lines))
      expect(summary).toMatchObject({ n: 4, passed: 4, unpriced: 0, inputTokens: 1200 })
      expect(summary?.costUsd).toBeCloseTo(12 * 200e-6, 10)
      // Answers and transcripts are whole, and nothing is kept of calls that lines hold.
      await using blobs = await openBlobStore(dir)
      for (const { answer = '', transcript = '' } of attempts) {
        expect(JSON.parse((await blobs.get(answer)) ?? '{}')).toMatchObject({
          code: expect.stringContaining('a + b'),
        })
        const { steps } = JSON.parse((await blobs.get(transcript)) ?? '{}') as { steps: string[] }
        for (const step of steps) expect(await blobs.get(step)).toBeDefined()
      }
      expect(await readdir(join(dir, 'calls')).catch(() => [])).toEqual([])
      const scores = lines.filter((line): line is ScoreLine => line.kind === 'score')
      expect(new Set(scores.map(({ outcome }) => outcome))).toEqual(new Set(['pass']))
    })
})

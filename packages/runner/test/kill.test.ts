import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, readRunLog } from '../src/index.js'
import { type AttemptLine, foldLines, type Line, summarise } from '../src/record/index.js'
import { programOf } from './program.js'
import { echoTasks, modelServer, planOf, tempFolder } from './world.js'

const program = programOf('resume-run')

const tasks = echoTasks(40)
const concurrency = 4

/** Resumes the run in a new process. */
const resume = (dir: string, url: string): ChildProcess =>
  spawn(process.execPath, [program, dir, url], { stdio: ['ignore', 'ignore', 'inherit'] })

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1)

for (const kills of [[1], [4], [13], [29, 3], [39, 1, 1], [7, 11, 5]])
  test(`killed after ${kills.join(', then ')} calls: nothing lost, no reply paid twice`, async () => {
    await using out = await tempFolder()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency }))
    let child: ChildProcess | undefined
    let left = 0
    await using server = await modelServer((prompt) => {
      if (--left === 0) child?.kill('SIGKILL')
      return { text: prompt }
    })
    let before = ''
    const lineOf = async (): Promise<string> => readFile(join(dir, 'results.jsonl'), 'utf8').catch(() => '')
    /** How often a prompt had been asked when its reply was first seen in the log. */
    const paid = new Map<string, number>()
    for (const after of [...kills, Number.POSITIVE_INFINITY]) {
      left = after
      child = resume(dir, server.url)
      const [code, signal] = await once(child, 'exit')
      expect([code, signal]).toEqual(after === Number.POSITIVE_INFINITY ? [0, null] : [null, 'SIGKILL'])
      const text = await lineOf()
      expect(text.startsWith(wholeLines(before))).toBe(true)
      before = text
      // A reply that is in the log is never asked for again.
      for (const [prompt, asked] of paid) expect(server.calls.get(prompt)).toBe(asked)
      for (const line of await linesOf(dir))
        if (line.kind === 'attempt' && line.what === 'replied') {
          const prompt = `say ${line.task.slice(1)}`
          if (!paid.has(prompt)) paid.set(prompt, server.calls.get(prompt) ?? 0)
        }
    }
    const lines = await linesOf(dir)
    const replies = lines.filter(
      (line): line is AttemptLine => line.kind === 'attempt' && line.what === 'replied',
    )
    expect(new Set(replies.map(({ task }) => task)).size).toBe(tasks.length)
    expect(replies).toHaveLength(tasks.length)
    // What was asked twice is what was under way when the process was killed, and the log says so.
    const twice = [...server.calls].filter(([, n]) => n > 1).map(([prompt]) => `t${prompt.slice(4)}`)
    const marked = replies.filter((line) => line.possibly_billed).map(({ task }) => task)
    expect(marked).toEqual(expect.arrayContaining(twice))
    expect(marked.length).toBeLessThanOrEqual(concurrency * kills.length)
    const [summary] = summarise(plan, await foldLines(lines))
    expect(summary).toMatchObject({ n: 40, passed: 40, costUsd: 0.4, unpriced: 0, inputTokens: 400 })
  })

async function linesOf(dir: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of readRunLog(dir)) lines.push(line)
  return lines
}

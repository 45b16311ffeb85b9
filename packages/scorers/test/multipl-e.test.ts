import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset, type Task } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, readAnswer } from '../src/index.js'
import { nodeDriver } from './boxes.js'
import { inPairs, jsonLines, makeCompletion, sharedData } from './setup.js'

/**
 * What other people's models answered, judged again: our verdict must be the official one, task by task. `REPLAY=all` judges every
 * recorded answer; otherwise every tenth, and those that trip harnesses.
 */
const whole = process.env.REPLAY === 'all'
const here = sharedData('generations/multipl-e/qwen2.5-coder-1.5b.js.jsonl') !== undefined
const sandbox = await nodeDriver()
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

/**
 * Tests that are no JavaScript (51), answers that print (17, 27), that only the type checker refuses (20, 67, 71, 115, 127) or
 * that it takes only with the libraries of `esnext` (117, 124).
 */
const traps = ['17', '20', '27', '51', '67', '71', '115', '117', '124', '127'].map((n) => `HumanEval_${n}_`)

const models = [
  { model: 'qwen2.5-coder-1.5b', form: 'continuation', passed: { js: 77, ts: 76 } },
  { model: 'llama-3-8b-chat', form: 'chat', passed: { js: 89, ts: 91 } },
] as const
const replays = models.flatMap((one) => (['js', 'ts'] as const).map((language) => ({ ...one, language })))

async function tasksOf(language: string): Promise<ReadonlyMap<string, Task>> {
  const path = fileURLToPath(
    new URL(`../../../../shared/data/multipl-e/humaneval-${language}.jsonl`, import.meta.url),
  )
  const tasks = new Map<string, Task>()
  if (!existsSync(path)) return tasks
  for await (const task of (await openDataset(path)).tasks()) tasks.set(task.id, task)
  return tasks
}

describe.skipIf(!here)(`MultiPL-E in ${sandbox.name}`, () => {
  test.each(replays)(
    '$model, $language: the verdicts are the official ones',
    { timeout: 600_000 },
    async ({ model, form, language, passed }) => {
      const tasks = await tasksOf(language)
      const file = `generations/multipl-e/${model}.${language}`
      const replies = jsonLines(sharedData(`${file}.jsonl`))
      const official = new Map(
        jsonLines(sharedData(`${file}.verdicts.jsonl`)).map((line) => [line.task_id!, Boolean(line.passed)]),
      )
      expect([...official.values()].filter(Boolean)).toHaveLength(passed[language])
      const chosen = replies.filter(
        ({ task_id }, i) => whole || i % 10 === 0 || traps.some((trap) => task_id!.startsWith(trap)),
      )
      const scores = await inPairs(chosen, async ({ task_id, completion, response }) => {
        const task = tasks.get(task_id!)!
        const { code } = readAnswer(task, makeCompletion(completion ?? response!, { form }))
        return { task: task_id!, ...(await judge.judge(task.code!, code!)) }
      })
      const counts: Record<string, number> = {}
      for (const { outcome } of scores) counts[outcome] = (counts[outcome] ?? 0) + 1
      const differ = scores.filter(({ task, value }) => (value === 1) !== official.get(task))
      const agreed = official.size === 0 ? 0 : scores.length - differ.length
      console.log(
        `MultiPL-E ${language}  ${model}  n=${scores.length}  agreed=${agreed}  ${JSON.stringify(counts)}`,
      )
      expect(differ).toEqual([])
    },
  )

  test.each(['js', 'ts'])('an empty reply and an empty function pass nothing in %s', async (language) => {
    const all = [...(await tasksOf(language)).values()]
    for (const task of all) expect(readAnswer(task, makeCompletion('')).code).toBeUndefined()
    const chosen = all.filter((_, i) => whole || i % 20 === 0)
    const passing = await inPairs(chosen, async (task) => {
      const { code } = readAnswer(task, makeCompletion('}\n', { form: 'continuation' }))
      const score = await judge.judge(task.code!, code!)
      return score.value === 0 ? [] : [task.id]
    })
    expect(passing.flat()).toEqual([])
  })
})

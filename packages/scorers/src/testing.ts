import type { ScorerRef, Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import { describe, expect, test } from 'vitest'
import { readAnswer } from './answer.js'
import type { Scorable, ScorerDeps, ScorerFactory } from './spec.js'

/** A task and replies whose judgement is known. */
export interface ScorerCase {
  readonly task: Task
  readonly options?: Omit<ScorerRef, 'name'>
  /** Must pass with value 1. */
  readonly right: string
  /** Must not pass; absent for a scorer that any reply passes. */
  readonly wrong?: string
  /** How the replies are read; `chat` where absent. */
  readonly form?: Completion['form']
}

export interface ScorerSuite {
  readonly deps?: () => ScorerDeps | Promise<ScorerDeps>
  /** Checks that do not hold here, each with the reason. */
  readonly skip?: Partial<Record<'empty reply' | 'unknown option' | 'refused' | 'truncated', string>>
}

/**
 * What every scorer keeps to:
 *
 *     testScorer(scorer, [{ task, right: '42', wrong: '41' }])
 */
export function testScorer(
  factory: ScorerFactory,
  cases: readonly ScorerCase[],
  suite: ScorerSuite = {},
): void {
  const { skip = {}, deps = () => ({}) } = suite
  const judge = async (one: ScorerCase, reply: string, finish: Completion['finish'] = 'stop') => {
    const made = factory.create({ ...one.options, name: factory.name })
    const score = await made.score(reading(one, reply, finish), await deps())
    expect(score.value === null || (score.value >= 0 && score.value <= 1), `value ${score.value}`).toBe(true)
    expect(JSON.parse(JSON.stringify(score)), 'a score is plain JSON').toEqual(score)
    expect(JSON.stringify(score).length, 'a score is small').toBeLessThan(32_768)
    return score
  }
  const check = (name: keyof NonNullable<ScorerSuite['skip']>, run: () => Promise<void>) =>
    skip[name] === undefined ? test(name, run) : test.skip(`${name}: ${skip[name]}`)

  describe(`scorer ${factory.name}`, () => {
    test('says what it is', () => {
      const made = factory.create({ ...cases[0]?.options, name: factory.name })
      expect(made.name).toBe(factory.name)
      expect(made.version).not.toBe('')
      expect(factory.description).not.toBe('')
      expect(made.metrics.length).toBeGreaterThan(0)
    })

    check('unknown option', async () => {
      const options = { ...cases[0]?.options, no_such_option: 1 }
      expect(() => factory.create({ ...options, name: factory.name })).toThrow(/no_such_option/)
    })

    test.for(cases.map((one, i) => [i + 1, one] as const))(
      'case %i: right, wrong and empty replies',
      async ([, one]) => {
        expect(await judge(one, one.right)).toMatchObject({ outcome: 'pass', value: 1 })
        expect(await judge(one, one.right), 'the same again').toMatchObject({ outcome: 'pass', value: 1 })
        if (one.wrong === undefined) return
        const wrong = await judge(one, one.wrong)
        expect(wrong.outcome).not.toBe('pass')
        expect(wrong.value).toBeLessThan(1)
      },
    )

    check('empty reply', async () => {
      for (const one of cases)
        for (const reply of ['', ' \n\t', ...(one.form ? [] : ['<think>42</think>\n'])])
          expect(await judge(one, reply)).toMatchObject({ outcome: 'no_answer', value: 0 })
    })

    check('refused', async () => {
      for (const one of cases)
        expect(await judge(one, one.right, 'refusal')).toMatchObject({ outcome: 'refused', value: 0 })
    })

    check('truncated', async () => {
      for (const one of cases) {
        expect((await judge(one, one.right, 'length')).outcome).toBe('pass')
        expect((await judge(one, one.wrong ?? '', 'length')).outcome).toBe('truncated')
      }
    })
  })
}

function reading(one: ScorerCase, text: string, finish: Completion['finish']): Scorable {
  const completion: Completion = {
    text,
    finish,
    usage: {},
    timing: { startedAt: '2026-01-01T00:00:00.000Z', totalMs: 1 },
    tries: 1,
    warnings: [],
    ...(one.form ? { form: one.form } : {}),
  }
  return { task: one.task, completion, answer: readAnswer(one.task, completion) }
}

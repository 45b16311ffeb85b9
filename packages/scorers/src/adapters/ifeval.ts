import type { Json } from '@bench/datasets'
import { z } from 'zod'
import { defineScorer } from '../define.js'
import { type Followed, follow, type Instruction } from '../ifeval/follow.js'
import { kinds } from '../ifeval/instructions.js'
import { loadModels } from '../ifeval/models.js'
import { clip } from '../match.js'
import type { Tallies } from '../spec.js'

const instruction = z
  .strictObject({
    id: z.enum(Object.keys(kinds) as (keyof typeof kinds)[]),
    kwargs: z.record(z.string(), z.unknown()).default({}),
  })
  .transform(({ id, kwargs }, context): Instruction => {
    // Copies of the set in fixed columns say null where an instruction takes no such argument.
    const given = Object.fromEntries(Object.entries(kwargs).filter(([, value]) => value !== null))
    const read = kinds[id].arguments.safeParse(given)
    for (const { path, message } of read.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['kwargs', ...path], message: `${id}: ${message}` })
    return { id, kwargs: read.data }
  })

const options = z.strictObject({ instructions: z.array(instruction).min(1) })

/**
 * IFEval as its own program judges it. The reply passes if it follows every instruction to the letter (prompt-level strict, the
 * figure that is published); the tallies add the other three: loose, and instruction by instruction.
 */
export const scorer = defineScorer<{ instructions: Instruction[] }>({
  name: 'ifeval',
  description: 'the reply follows every instruction of IFEval, strictly and loosely',
  options: options as z.ZodType<{ instructions: Instruction[] }>,
  unanswered: ({ instructions }) => talliesOf(noneOf(instructions)),
  async score({ answer }, _deps, { instructions }) {
    const followed = follow(answer.text, instructions, await loadModels())
    const { strict, loose } = followed
    const passed = strict.every(Boolean)
    const failed = instructions.filter((_, i) => !strict[i])
    const detail: Record<string, Json> = {
      ...(failed.length > 0 && { failed: failed.map(described) }),
      instructions: instructions.map(({ id }, i) => ({ id, strict: strict[i]!, loose: loose[i]! })),
    }
    return {
      outcome: passed ? 'pass' : 'wrong_answer',
      value: passed ? 1 : 0,
      detail,
      tallies: talliesOf(followed),
    }
  },
})

/** `length_constraints:number_words num_words 300 relation "at least"` */
function described({ id, kwargs }: Instruction): string {
  const given = Object.entries(kwargs as Record<string, Json>)
  return clip([id, ...given.map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join(' '), 300)
}

function noneOf(instructions: readonly Instruction[]): Followed {
  const none = instructions.map(() => false)
  return { strict: none, loose: none }
}

function talliesOf({ strict, loose }: Followed): Tallies {
  const all = (followed: readonly boolean[]) => [Number(followed.every(Boolean)), 1] as const
  const each = (followed: readonly boolean[]) => [followed.filter(Boolean).length, followed.length] as const
  return {
    'prompt strict': all(strict),
    'prompt loose': all(loose),
    'instruction strict': each(strict),
    'instruction loose': each(loose),
  }
}

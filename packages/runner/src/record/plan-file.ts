import { z } from 'zod'

const rates = {
  inputPerMillion: z.number(),
  outputPerMillion: z.number(),
  cacheReadPerMillion: z.number().optional(),
  cacheWritePerMillion: z.number().optional(),
  cacheWrite1hPerMillion: z.number().optional(),
  reasoningPerMillion: z.number().optional(),
}

const price = z.object({
  ...rates,
  perRequest: z.number().optional(),
  tiers: z
    .array(z.object({ overInputTokens: z.number(), ...rates }))
    .readonly()
    .optional(),
  batchFactor: z.number().optional(),
  source: z.string(),
})

const callShape = z.object({
  temperature: z.number().optional(),
  maxTokens: z.number().int().optional(),
  topP: z.number().optional(),
  stop: z.array(z.string()).optional(),
  seed: z.number().int().optional(),
  timeoutMs: z.number().optional(),
})

/**
 * `plan.json`: what was asked, complete enough to ask it again. Task ids and hashes, never their contents; no keys.
 */
export const planFile = z.object({
  v: z.literal(1),
  /** Run id: the folder's name. */
  run: z.string(),
  created: z.string(),
  /** Version of the harness that planned it. */
  harness: z.string(),
  dataset: z.object({
    name: z.string(),
    version: z.string(),
    hash: z.string(),
    /** The file or built-in name it was read from. */
    source: z.string(),
    size: z.number().int(),
  }),
  /** The chosen tasks, in the order they are asked. */
  tasks: z.array(z.object({ id: z.string(), hash: z.string(), chars: z.number().int() })),
  models: z.array(
    z.object({
      id: z.string(),
      price: price.optional(),
      local: z.boolean().optional(),
      /** How a person named it, where it is of a module of their own: `./my-model.ts`. */
      from: z.string().optional(),
      /** Settings of this model's calls: they beat `call`, and a task's own beat them. */
      call: callShape.optional(),
    }),
  ),
  repeats: z.number().int().min(1),
  solver: z.string(),
  /** What the solver is held to: rounds, iterations. Part of every key. */
  solverOptions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Settings of every call; a task's own beat them. */
  call: callShape,
  /** `by`: each difficulty or category has the share in the sample that it has in the dataset. */
  sample: z
    .object({
      n: z.number().int(),
      seed: z.number().int(),
      by: z.enum(['difficulty', 'category']).optional(),
    })
    .optional(),
  /** Half-width of the 95 % interval, in percentage points, at which a model is asked no further. */
  untilCi: z.number().positive().optional(),
  /** What ends the run before all is asked. Money is `maxCost`. */
  bounds: z
    .object({
      /** Milliseconds of one session. */
      maxTimeMs: z.number().positive().optional(),
      /** Attempts that failed for no fault of the model: at this many, one session ends. */
      maxErrors: z.number().int().min(1).optional(),
    })
    .optional(),
  /** The machine it was planned on. */
  host: z
    .object({
      name: z.string(),
      platform: z.string(),
      arch: z.string(),
      cpu: z.string().optional(),
      cores: z.number().int(),
      memoryBytes: z.number(),
      node: z.string(),
    })
    .optional(),
  /** The repository it was planned in, where it was in one; `dirty` where git told whether tracked files were changed. */
  git: z.object({ commit: z.string(), dirty: z.boolean().optional() }).optional(),
  /** Scorers a person named, by name or module path: they judge instead of the tasks' own. */
  scorers: z.array(z.string()).optional(),
  sandbox: z
    .object({
      driver: z.string(),
      version: z.string(),
      isolates: z.boolean(),
      runtimes: z.record(z.string(), z.string()),
      notes: z.array(z.string()),
      /** What each piece of code is held to, where its task says nothing else. */
      limits: z
        .object({ memoryBytes: z.number(), cpus: z.number(), pids: z.number(), diskBytes: z.number() })
        .optional(),
    })
    .optional(),
  /** Models that have batches are asked in batches. */
  batch: z.boolean().optional(),
  concurrency: z.number().int().min(1),
  maxCost: z.number().optional(),
  /** Whether models without a known price are asked although there is a cap: what they cost is not held under it. */
  allowUnpriced: z.boolean().optional(),
  /** Whether attempts whose verdict the answer could have had a hand in count in the score. */
  allowSelfJudged: z.boolean().optional(),
})

export type RunPlan = z.infer<typeof planFile>

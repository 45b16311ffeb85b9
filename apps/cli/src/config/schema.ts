import { z } from 'zod'
import { list } from '../commands/arguments.js'
import { type Kind, must, reader, seconds } from './kinds.js'
import { modelTable, priceParts } from './model-options.js'
import { fileKey, inFile, optionNames, runOptions } from './run-options.js'

/** The schema of a configuration, made of the tables of options. Imported when there is a file to check, and no sooner. */

type Shape = Record<string, z.ZodType>

/** What checks one value of a file, and makes it what the same option is on the command line. */
function leaf(kind: Kind): z.ZodType {
  const says = { error: `must be ${must(kind)}` }
  switch (kind.is) {
    case 'text':
      return z.string(says).min(1, says)
    case 'list':
      return z
        .union([z.string(), z.array(z.string().min(1, says), says).min(1, says)], says)
        .transform((written) => (typeof written === 'string' ? list(written) : written))
    case 'texts':
      return z
        .union([z.string(), z.array(z.string())], says)
        .transform((written) => (typeof written === 'string' ? [written] : written))
    case 'pairs':
      return pairsLeaf(says)
    case 'switch':
      return z.boolean(says)
    case 'whole':
      return z
        .number(says)
        .int(says)
        .min(kind.least, says)
        .max(kind.most ?? Number.MAX_SAFE_INTEGER, says)
    case 'number':
      return z.number(says).min(kind.low, says).max(kind.high, says)
    case 'choice':
      return z.enum(kind.of as [string, ...string[]], says)
    case 'range':
      return readAs((written) => reader(kind)(String(written)), says)
    case 'duration':
      return readAs((written) => seconds(String(written)), says)
    case 'price':
      return priceLeaf(says)
  }
}

/** An empty value would be none, and is not taken for one. */
const pairsLeaf = (says: { readonly error: string }) =>
  z.record(
    z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'must be a name' }),
    z.union([z.string(), z.number(), z.boolean()], { error: 'must be a text, a number, true or false' }),
    says,
  )

/** What is checked by the very thing that reads it on the command line. */
const readAs = (read: (written: string | number) => unknown, says: { readonly error: string }) =>
  z.union([z.string(), z.number()], says).transform((written, context) => {
    try {
      return read(written)
    } catch {
      context.addIssue({ code: 'custom', message: says.error })
      return z.NEVER
    }
  })

const rate = z
  .number({ error: 'must be a number of at least 0' })
  .min(0, { error: 'must be a number of at least 0' })

const priceShape: Shape = Object.fromEntries(
  Object.keys(priceParts).map((part) => [part, /^(in|out)put_/.test(part) ? rate : rate.optional()]),
)

function priceLeaf(says: { readonly error: string }): z.ZodType {
  const written = z.string(says).transform((text, context) => {
    const [, input, output] = /^\s*([\d.]+)\s*\/\s*([\d.]+)\s*$/.exec(text) ?? []
    const price = { inputPerMillion: Number(input), outputPerMillion: Number(output) }
    if (Number.isFinite(price.inputPerMillion) && Number.isFinite(price.outputPerMillion)) return price
    context.addIssue({ code: 'custom', message: says.error })
    return z.NEVER
  })
  const byPart = z
    .strictObject(priceShape, { error: (issue) => (issue.code === 'invalid_type' ? says.error : undefined) })
    .transform((parts) =>
      Object.fromEntries(
        Object.entries(parts).map(([part, value]) => [priceParts[part as keyof typeof priceParts], value]),
      ),
    )
  // Not a union: that would hide which part is wrong.
  return z.unknown().transform((price, context) => {
    const result = (typeof price === 'string' ? written : byPart).safeParse(price)
    if (result.success) return result.data
    for (const issue of result.error.issues) context.addIssue({ ...issue, input: price } as never)
    return z.NEVER
  })
}

/** The options of a run by each name that a file may give them. */
const runShape: Shape = Object.fromEntries(
  optionNames
    .filter(inFile)
    .flatMap((name) =>
      [fileKey(name), ...(runOptions[name].also ?? [])].map((key) => [
        key,
        leaf(runOptions[name].kind).optional(),
      ]),
    ),
)

const onOff = leaf({ is: 'switch' }).optional()
const text = leaf({ is: 'text' }).optional()
const saying = (what: string) => ({
  error: (issue: { code?: string }) => (issue.code === 'invalid_type' ? `must be ${what}` : undefined),
})
const section = (shape: Shape) => z.strictObject(shape, saying('a section of settings')).nullish()

/** `options` of an experiment: those of a run, and those that are its own. */
const optionsShape: Shape = {
  ...runShape,
  parallel: onOff,
  max_workers: leaf({ is: 'whole', least: 1 }).optional(),
  run_build: onOff,
  run_tests: onOff,
  retry_failures: onOff,
  save_intermediate: onOff,
  save_responses: onOff,
}

const experimentShape: Shape = { name: text, description: text }
const executionShape: Shape = {
  timeout: leaf({ is: 'number', low: 0.1, high: 3600 }).optional(),
  memory_limit: z
    .string({ error: 'must be a size: 512m, 2g' })
    .regex(/^\d+(\.\d+)?\s*[kmg]i?b?$/i, { error: 'must be a size: 512m, 2g' })
    .optional(),
  cpu_limit: leaf({ is: 'number', low: 0.01, high: 1024 }).optional(),
}
const scoringShape: Shape = {
  weights: z.record(z.string(), rate, saying('weights by name')).optional(),
}

const topShape: Shape = {
  ...runShape,
  save_responses: onOff,
  models: z.array(z.unknown(), saying('a list of models')).nullish(),
  experiment: section(experimentShape),
  samples_dir: text,
  tasks: leaf({ is: 'list' }).optional(),
  options: section(optionsShape),
  execution: section(executionShape),
  scoring: section(scoringShape),
}

/** A whole file. */
export const fileSchema = z.strictObject(topShape, saying('settings by name: dataset: …'))

/** One model of `models`, where it is not just a name. */
export const modelSchema = z.strictObject(
  Object.fromEntries(Object.entries(modelTable).map(([key, { kind }]) => [key, leaf(kind).optional()])),
  saying('a name, or settings by name'),
)

/** The names that are known at a place of a file. */
export function knownAt(path: readonly (string | number)[]): readonly string[] {
  const [first, second, third] = path
  if (first === undefined) return Object.keys(topShape)
  if (first === 'models') return Object.keys(third === 'price' ? priceParts : modelTable)
  if (second !== undefined) return []
  const sections = {
    options: optionsShape,
    experiment: experimentShape,
    execution: executionShape,
    scoring: scoringShape,
  }
  return Object.keys(sections[first as keyof typeof sections] ?? {})
}

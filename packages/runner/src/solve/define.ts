import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { RunnerError } from '../errors.js'
import type { RunPlan } from '../record/plan-file.js'
import type { Solver, SolverOptions } from './spec.js'

export interface SolverDefinition<Options> extends Omit<Solver<Options>, 'options'> {
  /**
   * What a person may set, as a zod object of plain values (texts, numbers, booleans) with defaults. Without it the solver takes no
   * options.
   */
  readonly options?: z.ZodType<Options>
}

const none = z.strictObject({})

/**
 * Makes a solver: the one thing that a plugin exports. Options are checked before anything is spent; unknown ones are refused with the
 * nearest known. They are taken as flags and files have them: `max_times` for `maxTimes`, the text `3` where a number is wanted.
 */
export function defineSolver<Options = Record<string, never>>(
  definition: SolverDefinition<Options>,
): Solver<Options> {
  const { name } = definition
  const shape = definition.options ?? (none as unknown as z.ZodType<Options>)
  return { ...definition, options: (given) => readOptions(name, shape, given) }
}

function readOptions<T>(solver: string, shape: z.ZodType<T>, given: SolverOptions): T {
  const strict = shape instanceof z.ZodObject ? (shape.strict() as unknown as z.ZodType<T>) : shape
  const known = shape instanceof z.ZodObject ? Object.keys(shape.shape) : []
  const named = byKnownNames(solver, known, given)
  const first = strict.safeParse(named)
  if (first.success) return first.data
  const wrong = new Set(first.error.issues.map(({ path }) => String(path[0])))
  const read = strict.safeParse(
    Object.fromEntries(
      Object.entries(named).map(([name, value]) => [name, wrong.has(name) ? spelled(value) : value]),
    ),
  )
  if (read.success) return read.data
  const told = read.error.issues.map((issue) => {
    if (issue.code !== 'unrecognized_keys') return `option "${issue.path.join('.')}": ${issue.message}`
    const [key = ''] = issue.keys
    const near = known.length > 0 ? `did you mean "${closest(key, known)}"?` : 'it takes no options'
    return `unknown option "${key}"; ${near}`
  })
  throw new RunnerError('bad_plan', `solver ${solver}: ${told.join('; ')}`)
}

/** `max_messages` and `max-messages`, as files and flags have names, are `maxMessages`. */
function byKnownNames(solver: string, known: readonly string[], given: SolverOptions): SolverOptions {
  const named = new Map<string, SolverOptions[string]>()
  for (const [written, value] of Object.entries(given)) {
    const name = known.includes(written)
      ? written
      : (known.find((each) => bareName(each) === bareName(written)) ?? written)
    if (named.has(name))
      throw new RunnerError('bad_plan', `solver ${solver}: option "${name}" is given twice`)
    named.set(name, value)
  }
  return Object.fromEntries(named)
}

/** What names that differ in capitals, hyphens and underscores alone have in common. */
const bareName = (name: string): string => name.toLowerCase().replace(/[-_]/g, '')

/** The number or the truth value that a text spells, where the text itself will not do. */
function spelled(value: SolverOptions[string]): SolverOptions[string] {
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value
}

/**
 * A solver's options as a plan keeps them: those given, and the defaults of the others, so that two plans that mean the same have the
 * same keys.
 * @throws RunnerError `bad_plan` for an option that it does not take
 */
export function planOptions(solver: Solver, given: SolverOptions = {}): SolverOptions {
  const read = readSolverOptions(solver, given)
  if (typeof read !== 'object' || read === null) return {}
  return Object.fromEntries(
    Object.entries(read).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  )
}

/** @throws RunnerError `bad_plan` for an option that it does not take */
export function readSolverOptions<Options>(solver: Solver<Options>, given: SolverOptions = {}): Options {
  if (solver.options !== undefined) return solver.options(given)
  const [first] = Object.keys(given)
  if (first === undefined) return undefined as Options
  throw new RunnerError('bad_plan', `solver ${solver.name}: unknown option "${first}"; it takes no options`)
}

/**
 * Holds a plan against the solver that is to carry it out, before anything is spent.
 * @throws RunnerError `bad_plan` for an option that it does not take, and for batches where it asks more than once
 */
export function refuseSolver(plan: RunPlan, solver: Solver): void {
  readSolverOptions(solver, plan.solverOptions)
  if (plan.batch && !solver.once)
    throw new RunnerError(
      'bad_plan',
      `solver ${solver.name} asks again by what it was answered, which batches cannot: leave --batch out`,
    )
}

import type { ScorerRef } from '@bench/datasets'
import { closest } from 'fastest-levenshtein'
import { ScorerError } from './errors.js'
import type { Scorer, ScorerFactory } from './spec.js'

const registry: Readonly<Record<string, () => Promise<{ scorer: ScorerFactory }>>> = {
  answered: () => import('./adapters/answered.js'),
  'base-tests': () => import('./adapters/base-tests.js'),
  choice: () => import('./adapters/choice.js'),
  'code-tests': () => import('./adapters/code-tests.js'),
  contains: () => import('./adapters/contains.js'),
  exact: () => import('./adapters/exact.js'),
  ifeval: () => import('./adapters/ifeval.js'),
  instructions: () => import('./adapters/instructions.js'),
  json: () => import('./adapters/json.js'),
  length: () => import('./adapters/length.js'),
  number: () => import('./adapters/number.js'),
  'project-tests': () => import('./adapters/project-tests.js'),
  references: () => import('./adapters/references.js'),
  regex: () => import('./adapters/regex.js'),
}

export const scorerNames: readonly string[] = Object.keys(registry)

/**
 * The scorer that a dataset names, with the options it gives.
 * @param plugins what {@link loadScorer} has loaded; a dataset is data, so its names never load a module by themselves
 * @throws ScorerError `unknown_scorer` with the nearest known name, `bad_options` naming the option
 */
export async function scorer(ref: ScorerRef, plugins: readonly ScorerFactory[] = []): Promise<Scorer> {
  const plugin = plugins.find(({ name }) => name === ref.name)
  return (plugin ?? (await builtIn(ref.name, plugins))).create(ref)
}

/** @throws ScorerError `unknown_scorer` with the nearest known name. */
export async function builtIn(name: string, plugins: readonly ScorerFactory[] = []): Promise<ScorerFactory> {
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined
  if (load) return (await load()).scorer
  const known = [...scorerNames, ...plugins.map((plugin) => plugin.name)]
  throw new ScorerError('unknown_scorer', `unknown scorer "${name}"; did you mean "${closest(name, known)}"?`)
}

/** Every built-in scorer with its one line, by name. */
export async function listScorers(): Promise<readonly { name: string; description: string }[]> {
  const factories = await Promise.all(Object.values(registry).map((load) => load()))
  return factories.map(({ scorer: { name, description } }) => ({ name, description }))
}

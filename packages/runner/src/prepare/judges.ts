import type { ScorerRef, Task } from '@bench/datasets'
import { loadScorer, type Scorer, type ScorerFactory, scorer } from '@bench/scorers'

/** Which scorers judge: the tasks' own, or those a person named instead. */
export interface Judges {
  refs(task: Task): readonly ScorerRef[]
  scorer(ref: ScorerRef): Promise<Scorer>
}

/** @param named scorers by name or module, the first being the headline; empty for the tasks' own */
export async function chooseJudges(named: readonly string[]): Promise<Judges> {
  const plugins = new Map<string, ScorerFactory>()
  for (const name of named) {
    plugins.set(name, await loadScorer(name))
  }
  const refs: readonly ScorerRef[] = named.map((name) => ({ name }))
  return {
    refs: (task) => (refs.length > 0 ? refs : task.scorers),
    async scorer(ref) {
      // A module is named by its path, and knows itself by the name it gives.
      const plugin = plugins.get(ref.name)
      return plugin === undefined ? scorer(ref) : plugin.create({ ...ref, name: plugin.name })
    },
  }
}

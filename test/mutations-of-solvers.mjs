/** What keeps solvers honest and their calls paid once, switched off one at a time: see `mutations.mjs`. */

const runner = 'packages/runner'
const suite = (name, only, needs = 'bubblewrap') => ({
  tests: [`${runner}/test/${name}.test.ts`],
  only,
  needs,
})

/** @type {readonly import('./mutations.mjs').Mutation[]} */
export const ofSolvers = [
  {
    name: 'solvers: hidden cases are not run while a model works',
    file: 'packages/datasets/src/visible.ts',
    find: 'code.cases.filter(({ visible }) => visible)',
    replace: 'code.cases',
    ...suite('agent-hostile', 'an answer of the visible cases alone'),
  },
  {
    name: 'solvers: hidden tests of a project are in no workspace',
    file: `${runner}/src/solve/workspace.ts`,
    find: '.filter(([path]) => code.visible?.tests.includes(path))',
    replace: '',
    ...suite('agent', 'files of a project'),
  },
  {
    name: 'solvers: a solver is not told what a task is judged by',
    file: `${runner}/src/ask.ts`,
    find: 'askedOf(task)',
    replace: 'task',
    ...suite('solver-loading', 'told nothing of a task'),
  },
  {
    name: 'solvers: only files of the answer can be written',
    file: `${runner}/src/solve/workspace.ts`,
    find: 'if (!writable.includes(path))',
    replace: 'if (false)',
    ...suite('agent', 'files of a project'),
  },
  {
    name: 'solvers: a path leads nowhere but below the project',
    file: `${runner}/src/solve/workspace.ts`,
    find: '    checkPath(path)\n',
    replace: '',
    ...suite('agent-hostile', 'paths out of the workspace'),
  },
  {
    name: 'solvers: output closes no fence',
    file: `${runner}/src/solve/text.ts`,
    find: "'`'.repeat(longest + 1)",
    replace: "'`'.repeat(3)",
    ...suite('agent-hostile', 'what code says cannot speak'),
  },
  {
    name: 'solvers: output has no characters that steer',
    file: `${runner}/src/solve/text.ts`,
    find: '\\u200b-\\u200f\\u2028-\\u202e',
    replace: '\\u200b-\\u200f',
    ...suite('refine', 'comes back as data'),
  },
  {
    name: 'solvers: a huge call is not given back to the model',
    file: `${runner}/src/adapters/agent.ts`,
    find: 'one.arguments.length > argumentsCap',
    replace: 'one.arguments.length > Number.POSITIVE_INFINITY',
    ...suite('agent-hostile', 'a file too large'),
  },
  {
    name: 'solvers: calls of an attempt under way are kept',
    file: `${runner}/src/solve/kept-model.ts`,
    find: 'await kept.put(key, nth, { question, tries, completion })',
    replace: '',
    ...suite('solvers', 'an abort, at whichever call'),
  },
  {
    name: 'solvers: a kept call is given again for the same question alone',
    file: `${runner}/src/solve/kept-model.ts`,
    find: 'held?.question === question',
    replace: 'held !== undefined',
    ...suite('kept-calls', 'another question'),
  },
  {
    name: 'solvers: what a line holds the cost of is not counted again',
    file: `${runner}/src/solve/kept-model.ts`,
    find: 'held.tries === tries ? held.completion : again(held.completion)',
    replace: 'held.completion',
    ...suite('solvers', 'what was paid before it is counted once'),
  },
  {
    name: 'solvers: money is set aside for each call',
    file: `${runner}/src/solve/meter.ts`,
    find: 'outOfBudget || !(await purse.take(reserved))',
    replace: 'outOfBudget || (completions.length === 0 && !(await purse.take(reserved)))',
    ...suite('solver-money', 'between two calls'),
  },
  {
    name: 'solvers: all calls are paid for, whatever a solver tells',
    file: `${runner}/src/ask.ts`,
    find: '...metered.completions.slice(0, untold), ',
    replace: '',
    ...suite('solver-loading', 'tells of fewer calls', undefined),
  },
  {
    name: 'solvers: an answer is kept as it was judged',
    file: `${runner}/src/solve/kept-answer.ts`,
    find: 'line.answer === undefined',
    replace: 'true',
    ...suite('agent', 'judged again as the file'),
  },
]

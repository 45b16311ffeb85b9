import { exampleOf, fileSections, meaningOf } from './examples.js'
import { modelTable } from './model-options.js'
import { fileKey, type OptionName } from './run-options.js'

/** What `bench init` writes: made of the tables of options, and read by the schema that is made of them too. */

const head = [
  'Settings of bench bench in this folder. A flag beats what is here; what is here beats variables such as BENCH_MAX_COST.',
  `bench config says what holds and why. \${VARIABLE} and \${VARIABLE:-otherwise} are filled in from the environment.`,
]

const controls = 'A control, which answers with each task’s reference. Put your models in its place:'

const comments = (lines: readonly string[], mark: string, indent = '') =>
  lines.map((line) => `${indent}${mark} ${line}`).join('\n')

/** Settings that are in force; the rest is there to be uncommented. */
const inForce: ReadonlySet<OptionName> = new Set<OptionName>(['dataset'])

/** Options that are said elsewhere in the file. */
const elsewhere: ReadonlySet<OptionName> = new Set<OptionName>(['providers'])

const models = [
  'models:',
  `  # ${controls}`,
  '  - provider: oracle',
  '  # - anthropic:claude-haiku-4-5',
  '  # - provider: openai',
  '  #   model: gpt-5-mini',
  `  #   api_key: \${OPENAI_API_KEY}`,
  '  #   max_tokens: 4000',
  '  # - provider: local',
  '  #   name: my-model',
  '  #   endpoint: http://localhost:8000/v1',
  '  #   temperature: 0.2',
]

/** `bench.config.yaml`, every key with a comment. */
export function starterYaml(): string {
  const parts = fileSections.map(({ title, names }) => {
    const options = names
      .filter((name) => !elsewhere.has(name))
      .map((name) => {
        const line = `${fileKey(name)}: ${exampleOf(name)}`
        return `# ${meaningOf(name)}\n${inForce.has(name) ? line : `#${line}`}`
      })
    const asked = title === 'Models' ? [[...modelComments(), ...models].join('\n')] : []
    return [`# --- ${title} ---`, ...asked, ...options].join('\n\n')
  })
  return `${comments(head, '#')}\n\n${parts.join('\n\n')}\n`
}

/** What each model may be given. */
const modelComments = () => [
  '# Who is asked; without any, what is available: keys in the environment, servers of this machine.',
  '# A model is provider:model, or has settings of its own:',
  ...Object.entries(modelTable).map(([key, { about }]) => `#   ${key}: ${about}`),
]

/** An experiment: models × tasks with what they may cost. */
export function starterExperiment(): string {
  return `${comments(head, '#')}

experiment:
  name: my-experiment
  description: what is to be found out

dataset: python-tasks
output_dir: experiments/results

${models.join('\n')}

options:
  # Models are asked side by side, this many requests to one provider at once.
  parallel: true
  max_workers: 3
  # Settings of every call; those of a model beat them.
  temperature: 0.7
  max_tokens: 4000
  # A call that fails is tried again.
  retry_failures: true
  save_intermediate: true
  # US dollars: it stops before more is spent.
  max_cost: 10

# For bench experiment, on tasks that are folders:
#samples_dir: samples
#tasks: [task1_init_001, task2_config_001]
# and among its options: run_build, run_tests.
`
}

/** `bench.config.ts`, typed. */
export function starterModule(): string {
  const options = fileSections
    .flatMap(({ names }) => names)
    .filter((name) => !elsewhere.has(name) && !inForce.has(name))
    .map((name) => `  // ${meaningOf(name)}\n  // ${fileKey(name)}: ${inCode(exampleOf(name))},`)
  return `import { defineConfig } from '@bench/cli/config'

${comments(head, '//')}
export default defineConfig({
  dataset: 'python-tasks',
  models: [
    // ${controls}
    { provider: 'oracle' },
    // { provider: 'openai', model: 'gpt-5-mini', api_key: '\${OPENAI_API_KEY}', max_tokens: 4000 },
  ],

${options.join('\n\n')}
})
`
}

/** A plain example of YAML as TypeScript has it. */
function inCode(yaml: string): string {
  const [, items] = /^\[(.*)\]$/.exec(yaml) ?? []
  if (items !== undefined) return `[${items.split(', ').map(inCode).join(', ')}]`
  const bare = yaml.replace(/^'(.*)'$/, '$1')
  return /^(true|false|-?\d+(\.\d+)?)$/.test(bare) ? bare : `'${bare}'`
}

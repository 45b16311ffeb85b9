import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { effective } from '../src/config/effective.js'
import { declareRunOptions, given } from '../src/config/flags.js'
import { cli, folder } from './cli.js'

const parsed = (...args: string[]) => {
  const command = declareRunOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
  command.parse(args, { from: 'user' })
  return given(command)
}

async function found(file: string, args: readonly string[], env: Record<string, string> = {}) {
  await using at = await folder()
  await at.file('bench.config.yaml', file)
  const { options, solverOrigins, notices } = await effective(parsed(...args), env, at.path)
  const { solver, solverOptions, rounds, maxIterations } = options
  return { solver, solverOptions, rounds, maxIterations, solverOrigins, notices }
}

const option = (...pairs: string[]) => pairs.flatMap((pair) => ['--solver-option', pair])
const fileAt = (line: number) => ({ from: 'file', file: 'bench.config.yaml', line })
const agent = 'solver: agent\nsolver_options: { max_seconds: 60, max_cost_usd: 0.5 }\n'

describe('options of a solver', () => {
  test('a flag sets one of them and leaves the others of the file and the environment', async () => {
    const env = { BENCH_SOLVER_OPTIONS: 'max-messages=40, max-seconds=5' }
    const { solverOptions, solverOrigins } = await found(agent, option('max-seconds=90'), env)
    expect(solverOptions).toEqual({ 'max-messages': '40', 'max-seconds': '90', max_cost_usd: 0.5 })
    expect(solverOrigins).toEqual({
      'max-messages': { from: 'environment', variable: 'BENCH_SOLVER_OPTIONS' },
      'max-seconds': { from: 'flag' },
      max_cost_usd: fileAt(2),
    })
  })

  test('they go with the solver that their source names: another one is not given them', async () => {
    const other = await found(agent, ['--solver', 'refine', ...option('rounds=1')])
    expect(other).toMatchObject({ solver: 'refine', solverOptions: { rounds: '1' } })
    expect(other.notices).toEqual([
      'bench.config.yaml:2: solver_options: of agent, not used with --solver refine',
    ])
    const unsaid = await found('solver_options: { rounds: 1 }\n', ['--solver', 'refine'])
    expect(unsaid).toMatchObject({ solverOptions: { rounds: 1 }, notices: [] })
    expect((await found(agent, ['--solver', 'single'])).solverOptions).toBeUndefined()
  })

  test('a short name and a long one: the stronger source holds, and one source says one of them', async () => {
    const file = 'solver: agent\nmax_iterations: 4\n'
    expect(await found(file, option('max-iterations=5'))).toMatchObject({
      solverOptions: { 'max-iterations': '5' },
      maxIterations: undefined,
    })
    const long = 'solver: agent\nsolver_options: { maxIterations: 4 }\n'
    expect(await found(long, ['--max-iterations', '5'])).toMatchObject({
      solverOptions: undefined,
      maxIterations: 5,
    })
    await expect(found('', ['--rounds', '1', ...option('rounds=2')])).rejects.toThrow(
      '--rounds and --solver-option rounds are the same: keep one',
    )
    await expect(found(`${long}max_iterations: 3\n`, [])).rejects.toThrow(
      'bench.config.yaml:2: max_iterations and solver_options.maxIterations are the same: keep one',
    )
  })

  test('a value may hold commas and equals signs; what is no name is refused', async () => {
    const { solverOptions } = await found('', option('mood=calm, and kind=not', 'a=1,b=,c=x=y'))
    expect(solverOptions).toEqual({ mood: 'calm, and kind=not', a: '1', b: '', c: 'x=y' })
    for (const wrong of ['times', '=1', '__proto__=1', 'a b=1'])
      expect(() => parsed(...option(wrong))).toThrow('It must be key=value')
    await expect(found('solver_options: [1]\n', [])).rejects.toThrow(
      'bench.config.yaml:1: solver_options must be values by name, each a text, a number, true or false, not [1]',
    )
    await expect(found('solver_options:\n  times: { a: 1 }\n', [])).rejects.toThrow(
      'bench.config.yaml:2: solver_options.times must be a text, a number, true or false, not {"a":1}',
    )
  })

  test('bench config shows each with its source, and refuses what a built-in solver does not take', async () => {
    await using at = await folder()
    await at.file('bench.config.yaml', agent)
    const page = await cli(['config', ...option('max-messages=40')], { cwd: at.path })
    expect(page.stdout).toMatch(/^ +solver_options\.max_seconds +60 +bench\.config\.yaml:2$/m)
    expect(page.stdout).toMatch(/^ +solver_options\.max-messages +40 +flag$/m)
    const rows = await cli(['config', '--json'], { cwd: at.path })
    expect(rows.stdout.split('\n')).toContain(
      JSON.stringify({ option: 'solver_options.max_seconds', value: 60, ...fileAt(2) }),
    )
    const wrong = await cli(['config', ...option('max_second=1')], { cwd: at.path })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toBe(
      'bench: solver agent: unknown option "max_second"; did you mean "maxSeconds"?\n',
    )
  })
})

#!/usr/bin/env node
import { Console } from 'node:console'
import { addSecret } from '@bench/providers'
import { Command, CommanderError } from 'commander'
import * as bench from './commands/bench.js'
import * as clean from './commands/clean.js'
import * as config from './commands/config.js'
import * as datasets from './commands/datasets.js'
import * as doctor from './commands/doctor.js'
import * as models from './commands/models.js'
import * as queue from './commands/queue.js'
import * as report from './commands/report.js'
import * as runs from './commands/runs.js'
import * as sandbox from './commands/sandbox.js'
import * as scorers from './commands/scorers.js'
import * as serveMock from './commands/serve-mock.js'
import { exit, judge } from './exit.js'
import { secretVariables } from './preset.js'
import { guard } from './terminal/guard.js'
import { version } from './version.js'

guard(process.stdout)
guard(process.stderr)
// Standard output is for results: what a module of somebody's own prints is none.
globalThis.console = new Console(process.stderr)
for (const name of secretVariables) {
  addSecret(process.env[name])
}

// What nobody caught would be printed by Node past the guard, with a stack.
process.on('uncaughtException', (error) => {
  void end(error).then((code) => process.exit(code))
})

// Whoever reads our output may stop reading (`| head`, a closed terminal): what is under way goes on to its end, unheard.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') {
      throw error
    }
  })
}

// What Node does where a promise is waited for that nobody settles any more, and it says nothing of it.
process.on('exit', () => {
  if (process.exitCode !== 13) return
  process.stderr.write(
    'bench: a promise is waited for that is never settled, of a module of yours: mend it\n',
  )
  process.exitCode = exit.usage
})

/** Declares every command; what one does is imported when it is run. */
const commands = [
  bench,
  config,
  runs,
  queue,
  report,
  datasets,
  models,
  scorers,
  sandbox,
  serveMock,
  doctor,
  clean,
]

const program = new Command('bench')
  .description('Benchmark language models: datasets in, judged and counted results out.')
  .version(version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand('help [command]', 'show the help of a command')
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .configureOutput({
    outputError: (text, write) => write(`bench: ${text.replace(/^error: /, '').replace(/\n(?=\()/, ' ')}`),
  })
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  $ bench bench                                        what is there: keys in the environment, a local Ollama
  $ bench bench -d python-tasks -p anthropic,ollama:qwen3:8b --repeats 3
  $ bench bench -d HumanEval.jsonl.gz -p oracle        the set's own solutions must score 100 %
  $ bench report                                       the newest run again, from its log

Exit codes: 0 complete, 1 a gate failed, 2 usage or input, 3 too many infrastructure errors,
  4 no model or bad credentials, 5 no usable sandbox, 6 partial, 130 interrupted, 143 terminated`,
  )

for (const command of commands) {
  command.declare(program)
}

try {
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = await end(error)
}

async function end(error: unknown): Promise<number> {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exit.complete : exit.usage
  }
  if (process.env.BENCH_DEBUG === '1' && error instanceof Error) {
    console.error(error)
  }
  const { message, code } = judge(error)
  // A message may quote a file or a server: nothing of theirs reaches the terminal raw.
  // Of an installation that lacks a part this may be the part: then what is wrong is that, and is to be said once.
  const { clean } = await import('@bench/report').catch(() => ({ clean: printable }))
  process.stderr.write(`bench: ${clean(message)}\n`)
  return code
}

function printable(text: string): string {
  return text.replace(/\p{C}+/gu, ' ')
}

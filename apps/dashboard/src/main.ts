import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { createApp } from './app.js'
import { localRuns } from './local-runs.js'

const usage = `usage: node dist/main.js [--results DIR] [--port N]

  --results DIR   folder with runs (./bench-results)
  --port N        port on 127.0.0.1, 0 for any free one (4780)
`

interface Settings {
  readonly results: string
  readonly port: number
}

/** @throws Error naming the option that cannot be used. */
function settings(args: string[]): Settings | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      results: { type: 'string', default: './bench-results' },
      port: { type: 'string', default: '4780' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not '${values.port}'`)
  return { results: resolve(values.results), port }
}

function main({ results, port }: Settings): void {
  const app = createApp({ runs: localRuns(results), source: results })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) => {
    console.log(`http://127.0.0.1:${info.port}`)
  })
  server.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'it is taken: choose another with --port' : error.message
    console.error(`dashboard: cannot listen on 127.0.0.1:${port}: ${why}`)
    process.exitCode = 2
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
}

try {
  const chosen = settings(process.argv.slice(2))
  if (chosen === 'help') process.stdout.write(usage)
  else main(chosen)
} catch (error) {
  process.stderr.write(`dashboard: ${(error as Error).message}\n${usage}`)
  process.exitCode = 2
}

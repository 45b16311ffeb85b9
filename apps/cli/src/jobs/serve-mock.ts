import { readFile } from 'node:fs/promises'
import { batchLife, checkScript, type MockScript, mockServer, type TestServer } from '@bench/providers/mock'
import { Exit, type ExitCode, exit } from '../exit.js'

export interface ServeMockOptions {
  readonly port: number
  readonly script?: string
  readonly latency?: number
  readonly rate?: number
}

/** Serves until a signal ends it. The address goes to stdout, for scripts; what a person may do with it to stderr. */
export async function serveMock({ port, script: path, latency, rate }: ServeMockOptions): Promise<ExitCode> {
  const written = path === undefined ? {} : await readScript(path)
  const script: MockScript = {
    ...written,
    ...(latency === undefined ? {} : { latency }),
    ...(rate === undefined ? {} : { rate }),
  }
  await using server = await listening(port, script)
  const { url } = server
  process.stdout.write(`${url}\n`)
  process.stderr.write(
    `Speaks chat completions and responses at ${url}/v1, OpenRouter's dialect at ${url}/api/v1, Gemini's at ${url}/v1beta,
Anthropic's messages and Ollama's API at ${url}. Try it (Ctrl-C ends it):
  bench bench -p openai-compatible:mock --endpoint ${url}/v1
`,
  )
  await ended()
  process.stderr.write(`bench: served ${server.count} requests\n`)
  return exit.complete
}

async function listening(port: number, script: MockScript): Promise<TestServer> {
  try {
    return await mockServer({ script, port, keep: 0, answer: batchLife({ looks: 3 }).answer })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') {
      throw new Exit(exit.usage, `port ${port} is taken: choose another with --port, or 0 for a free one.`)
    }
    if (code === 'EACCES') {
      throw new Exit(exit.usage, `port ${port} is not yours to open: choose one above 1023 with --port.`)
    }
    throw error
  }
}

async function readScript(path: string): Promise<MockScript> {
  const written = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message
    throw new Exit(exit.usage, `--script ${path}: ${why}. Name a YAML file.`)
  })
  const { parse } = await import('yaml')
  let parsed: unknown
  try {
    parsed = parse(written, { maxAliasCount: 100 })
  } catch (error) {
    throw new Exit(exit.usage, `--script ${path} is not YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  return checkScript(parsed, path)
}

const ended = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })

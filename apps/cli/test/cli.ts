import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The command as a person starts it: a real process of the build, in a folder of its own. */

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Folder extends AsyncDisposable {
  readonly path: string
  file(name: string, content: string | Uint8Array): Promise<string>
}

export async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'bench-cli-'))
  return {
    path,
    async file(name, content) {
      await writeFile(join(path, name), content)
      return name
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

export interface StartOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

export function start(args: readonly string[], { cwd, env = {} }: StartOptions) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH, HOME, BENCH_CACHE: join(cwd, 'cache'), NO_COLOR: '1', OLLAMA_HOST: '127.0.0.1:9', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended, stderr: () => stderr }
}

export const cli = (args: readonly string[], options: StartOptions): Promise<Ended> =>
  start(args, options).ended

/** The lines that bench itself wrote as errors. */
export const complaints = (ended: Ended): string[] =>
  ended.stderr.split('\n').filter((line) => line.startsWith('bench: '))

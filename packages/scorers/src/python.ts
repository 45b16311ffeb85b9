import { readFile } from 'node:fs/promises'
import { type Files, type Sandbox, SandboxError } from '@bench/sandbox'

/** Our programs for the box. Read once, on first use. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `python/` as sources do, so one relative address serves both. */
function source(file: string): Promise<string> {
  const known = read.get(file) ?? readFile(new URL(`../python/${file}`, import.meta.url), 'utf8')
  read.set(file, known)
  return known
}

/** Modules that the programs share. */
const modules = ['frames.py', 'load.py', 'plain.py', 'preload.py', 'wire.py']

/** Programs of ours by file name, with the modules that they share. */
export async function pythonSources(files: readonly string[]): Promise<Files> {
  const all = [...files, ...modules]
  const sources = await Promise.all(all.map(source))
  return Object.fromEntries(all.map((file, i) => [file, sources[i]!]))
}

/** What plays tests against answers. */
export const stageProgram = (): Promise<Files> => pythonSources(['stage.py', 'remote.py', 'tester.py'])

/**
 * `alone.py` and its modules as bytecode of the box's own Python. Where each case starts an interpreter in WebAssembly, reading
 * the sources would be a quarter of its time.
 * @param box where no candidate has been
 * @throws SandboxError `failed` where they cannot be compiled
 */
export async function compileProgram(box: Sandbox, python: string): Promise<Files> {
  const sources = await pythonSources(['alone.py', 'calls.py', 'expression.py', 'livecodebench.py'])
  const files = Object.keys(sources)
  await box.write(sources)
  const code =
    'import py_compile, sys\nfor file in sys.argv[1:]: py_compile.compile(file, file + "c", doraise=True)'
  const { stderr } = await box.exec([python, '-S', '-s', '-B', '-c', code, ...files])
  const bytecode = await box.read(files.map((file) => `${file}c`))
  if (Object.keys(bytecode).length === files.length) return bytecode
  const said = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? ''
  throw new SandboxError('failed', `our programs could not be compiled in the box: ${said.slice(0, 300)}`)
}

/** How a program is started: no site packages, no user's folder, no bytecode written. */
export const pythonCommand = (python: string, program: string): string[] => [
  python,
  '-S',
  '-s',
  '-B',
  program,
]

import type { Language } from '@bench/datasets'
import type { ExecResult, Files, Limits, Mount, Sandbox, SandboxDriver } from '@bench/sandbox'
import { SandboxError } from '@bench/sandbox'
import { boxSpec } from './execution/runtime.js'
import { clip } from './match.js'
import { compilerFiles } from './type-check/compiler.js'
import { javascriptSyntax, pythonSyntax } from './type-check/syntax.js'

/** Files to be checked without any of them being run. */
export interface Sources {
  readonly language: Language
  /** All of them, path → text: those that are to be checked and what they build on. */
  readonly files: Readonly<Record<string, string>>
  /** Paths of those that are to be checked. A `tsconfig.json` among the files may say otherwise. */
  readonly check: readonly string[]
  /** Absolute path on this machine of a prepared `node_modules`; its own compiler checks, where it brings one. */
  readonly modules?: string
}

/** What a check found. What it says is a compiler's word on hostile source: plain text, capped. */
export interface TypeCheck {
  /** The compiler or parser that looked: `tsc`, `vue-tsc`, `python`, `node`, `sh`; undefined where none is known for the language. */
  readonly tool: string | undefined
  readonly passed: boolean
  /** What is wrong, a line each, with file and line; at most 8,000 characters. Empty where it passed. */
  readonly errors: string
}

/** A compiler takes more than an answer does. */
const limits: Partial<Limits> = { timeoutSec: 60, memoryBytes: 2 * 1024 ** 3, pids: 128 }

const folder = 'project'

/**
 * Looks for errors of type in TypeScript and Vue, and of syntax in Python, JavaScript and shell, in a fresh box. Nothing of the sources is
 * run. Other languages are not checked: `tool` is undefined, and it passes.
 * @throws SandboxError where the box fails
 */
export async function typeCheck(
  driver: SandboxDriver,
  sources: Sources,
  signal?: AbortSignal,
): Promise<TypeCheck> {
  const unchecked: TypeCheck = { tool: undefined, passed: true, errors: '' }
  const check = sources.check.filter((path) => Object.hasOwn(sources.files, path))
  const ways = waysOf({ ...sources, check })
  if (ways === undefined) return unchecked
  const mounts: Mount[] =
    sources.modules === undefined ? [] : [{ source: sources.modules, target: '/node_modules' }]
  await using box = await driver.open({ ...boxSpec, limits, mounts })
  const command = ways.command(box)
  if (command === undefined) return unchecked
  await box.write(await ways.programs())
  await box.write(inProject(sources.files))
  const result = await box.exec(inFolder(command), signal && { signal })
  signal?.throwIfAborted()
  return { tool: ways.tool, ...verdict(result, ways.tool) }
}

interface Ways {
  readonly tool: string
  /** Ours, to be there. */
  programs(): Promise<Files>
  /** Run in the folder of the sources; undefined where the box cannot. */
  command(box: Sandbox): readonly string[] | undefined
}

function waysOf({ language, check, files, modules }: Sources): Ways | undefined {
  const typed = check.some((path) => /\.(?:[cm]?tsx?|vue)$/.test(path))
  if (language === 'typescript' || typed) return compilerFiles(Object.keys(files), check, modules)
  const none = async (): Promise<Files> => ({})
  const ofKind = (ending: RegExp) => check.filter((path) => ending.test(path))
  if (language === 'python') {
    const paths = ofKind(/\.py$/)
    const command = ({ runtimes: { python } }: Sandbox) =>
      python && [python.command, '-I', '-S', '-B', '-c', pythonSyntax, ...paths]
    return paths.length === 0 ? undefined : { tool: 'python', programs: none, command }
  }
  if (language === 'javascript') {
    const paths = ofKind(/\.[cm]?js$/)
    const command = ({ runtimes: { node } }: Sandbox) =>
      node && [
        node.command,
        '--experimental-vm-modules',
        '--no-warnings',
        '-e',
        javascriptSyntax,
        '--',
        ...paths,
      ]
    return paths.length === 0 ? undefined : { tool: 'node', programs: none, command }
  }
  if (language === 'shell') {
    const [path] = ofKind(/\.sh$/)
    return path === undefined
      ? undefined
      : { tool: 'sh', programs: none, command: () => ['/bin/sh', '-n', path] }
  }
  return undefined
}

const inProject = (files: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))

/** A path never becomes part of a command's text. */
const inFolder = (command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  `cd ${folder} && exec "$0" "$@"`,
  ...command,
]

/** @throws SandboxError where the tool could not be started at all */
function verdict({ reason, code, stdout, stderr }: ExecResult, tool: string): Omit<TypeCheck, 'tool'> {
  if (reason === 'ok' && code === 0) return { passed: true, errors: '' }
  const said = `${new TextDecoder().decode(stdout)}${new TextDecoder().decode(stderr)}`.trim()
  if (reason === 'ok' && (code === 126 || code === 127))
    throw new SandboxError('failed', `${tool} could not be started in the box: ${clip(said, 300)}`)
  const ended = reason === 'ok' ? '' : `${tool} did not come to its end (${reason})`
  return { passed: false, errors: clip([said, ended].filter(Boolean).join('\n') || `${tool} failed`, 8000) }
}

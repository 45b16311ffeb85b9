import type { Language } from '@bench/datasets'
import {
  defaultLimits,
  driver,
  driverNames,
  type Probe,
  type SandboxDriver,
  type ToolChain,
} from '@bench/sandbox'
import { RunnerError } from '../errors.js'
import type { RunPlan } from '../record/plan-file.js'
import type { ChosenTasks } from './tasks.js'

export interface ChosenSandbox {
  readonly driver: SandboxDriver
  /** As the plan keeps it. */
  readonly record: NonNullable<RunPlan['sandbox']>
  readonly probe: Probe & { readonly ok: true }
  /** As every score line says it: `bubblewrap 0.8.0, Python 3.11.2`. */
  readonly label: string
}

export interface SandboxRequest {
  /** A driver's name; the strongest that isolates and can judge the tasks where absent. */
  readonly named?: string | undefined
  /**
   * Told of a driver that cannot be used as it is: it may fetch what that one lacks.
   *
   * @returns whether the driver has something new to say of itself
   */
  prepare?(driver: SandboxDriver): Promise<boolean>
}

/**
 * The strongest sandbox that can judge these tasks, or the one that was named.
 *
 * @throws RunnerError `no_sandbox` with what each driver lacks; SandboxError `unknown_driver`
 */
export async function chooseSandbox(
  tasks: ChosenTasks,
  { named, prepare }: SandboxRequest = {},
): Promise<ChosenSandbox> {
  const tried: string[] = []
  for (const name of named === undefined ? driverNames : [named]) {
    const candidate = await driver(name)
    if (named === undefined && !candidate.isolates) continue
    const compilers = [...tasks.languages].filter(isCompiled)
    const first = await candidate.probe(compilers)
    const why = first.ok ? unfit(candidate, first, tasks) : first.reason
    const probe = why === undefined && (await prepare?.(candidate)) ? await candidate.probe(compilers) : first
    if (!probe.ok || why !== undefined) {
      tried.push(`${name}: ${why ?? (probe.ok ? '' : probe.reason)}`)
      continue
    }
    return {
      driver: candidate,
      probe,
      label: labelOf(candidate, probe, tasks),
      record: recordOf(candidate, probe),
    }
  }
  throw new RunnerError(
    'no_sandbox',
    `these tasks run code and no sandbox here can hold it (${tried.join('; ')})`,
  )
}

function labelOf(found: SandboxDriver, probe: Probe & { ok: true }, tasks: ChosenTasks): string {
  const needed = new Set([...tasks.languages].map(runtimeOf))
  const languages = [...needed].map((name) => `${runtimeNames[name]} ${probe.runtimes[name]?.version ?? ''}`)
  // A driver that is nothing but the language's runtime has that runtime's version: `wasm, Python 3.11.3`.
  const { version } = probe
  const itself = version.startsWith(found.name)
    ? version
    : languages.includes(version)
      ? found.name
      : `${found.name} ${version}`
  return [itself, ...languages].join(', ')
}

function recordOf({ name, isolates }: SandboxDriver, { version, runtimes, notes }: Probe & { ok: true }) {
  const versions = Object.entries(runtimes).map(([language, runtime]) => [language, runtime.version] as const)
  const { memoryBytes, cpus, pids, diskBytes } = defaultLimits
  return {
    driver: name,
    version,
    isolates,
    runtimes: Object.fromEntries(versions),
    notes: [...notes],
    limits: { memoryBytes, cpus, pids, diskBytes },
  }
}

/** Why a driver that works cannot judge these tasks; undefined where it can. */
function unfit(found: SandboxDriver, probe: Probe & { ok: true }, tasks: ChosenTasks): string | undefined {
  const kind = [...tasks.codeKinds].find((each) => !found.kinds.includes(each))
  if (kind !== undefined) {
    return `it cannot judge tasks that bring their own assertions; bubblewrap and Docker can`
  }
  const language = [...tasks.languages].find((each) => probe.runtimes[runtimeOf(each)] === undefined)
  return language === undefined
    ? undefined
    : `it has no ${runtimeNames[runtimeOf(language)]}, which tasks in ${language} need`
}

type RuntimeName = 'python' | 'node' | ToolChain
const runtimeNames: Readonly<Record<RuntimeName, string>> = {
  python: 'Python',
  node: 'Node',
  cpp: 'g++',
  rust: 'rustc',
  java: 'javac',
  go: 'go',
}

const isCompiled = (language: Language): language is Language & ToolChain =>
  language === 'cpp' || language === 'rust' || language === 'java' || language === 'go'

/** What runs a language in a box. Shell needs Python too: what feeds and reads its programs is written in it. */
function runtimeOf(language: Language): RuntimeName {
  if (isCompiled(language)) return language
  return language === 'javascript' || language === 'typescript' ? 'node' : 'python'
}

import { readdirSync, readFileSync } from 'node:fs'
import type { BoxSpec, ExecOptions, ExecResult, Sandbox, SandboxDriver } from '../spec.js'

/** One thing that every driver must hold to. */
export interface Case {
  readonly name: string
  /** Needs a box whose processes may start others. */
  readonly forks?: boolean
  /** Needs `start`. */
  readonly stays?: boolean
  /** It holds the box shut: where nothing contains, it must fail (see the suite's own test). */
  readonly contains?: boolean
  /** Does harm to a machine that does not contain it: never run where the driver does not isolate. */
  readonly harmful?: boolean
  run(at: Place): Promise<void>
}

export interface Place {
  readonly driver: SandboxDriver
  readonly notes: readonly string[]
  open(spec?: BoxSpec): Promise<Sandbox>
}

export interface Outcome extends ExecResult {
  readonly out: string
  readonly err: string
}

/** Runs a Python program in a box, from a file as a candidate's would be. */
export async function python(
  box: Sandbox,
  code: string,
  options: ExecOptions & { args?: readonly string[] } = {},
): Promise<Outcome> {
  await box.write({ 'main.py': code })
  return run(box, [pythonOf(box), 'main.py', ...(options.args ?? [])], options)
}

export async function run(
  box: Sandbox,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<Outcome> {
  const result = await box.exec(command, options)
  return { ...result, out: text(result.stdout), err: text(result.stderr) }
}

export function pythonOf(box: Sandbox): string {
  const found = box.runtimes.python
  if (found === undefined) throw new Error('This box has no Python; install python3 to test the driver.')
  return found.command
}

export function nodeOf(box: Sandbox): string {
  const found = box.runtimes.node
  if (found === undefined) throw new Error('This box has no Node; install it to test the driver.')
  return found.command
}

export function text(bytes: Uint8Array | string | undefined): string {
  return typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
}

/** Processes of this machine, in whatever namespace, with the mark in their arguments. */
export function survivors(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
    } catch {
      return false
    }
  })
}

import type { Files, Limits, Mount, SandboxDriver } from '@bench/sandbox'
import { clip } from './match.js'
import { deliver } from './verify/plan.js'

/** A project, an answer to it, and what is to be run over both. */
export interface WorkspaceSpec {
  /** Trusted files, path → content. What the answer gives goes over them where it declares the same path. */
  readonly files: Files
  /** Paths that the answer may write. */
  readonly answer: readonly string[]
  /** Prepared folders, such as `node_modules`: read-only, or with changes that go with the box. */
  readonly mounts?: readonly Mount[]
  readonly limits?: Partial<Limits>
  readonly env?: Readonly<Record<string, string>>
  /** Run one after the other in the working folder; all of them, whatever became of those before. */
  readonly steps: readonly Step[]
  /** Files to read back when all steps have run. */
  readonly results?: readonly string[]
}

/** One command: a compiler, a type checker, a build. */
export interface Step {
  readonly name: string
  readonly command: readonly string[]
  readonly timeoutSec?: number
}

export interface StepResult {
  readonly name: string
  /** It came to its end within its limits with exit code 0. What it says is the word of the tool, and of all that it runs. */
  readonly succeeded: boolean
  /** Why it did not come to its end by itself; `ok` where it did. */
  readonly reason: 'ok' | 'timeout' | 'memory' | 'output_limit' | 'killed'
  readonly code: number | null
  /** Standard output and error, at most 20,000 characters of each. */
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface WorkspaceResult {
  readonly steps: readonly StepResult[]
  /** Those of `results` that are there: regular files, capped in size. */
  readonly files: Files
  readonly missing: readonly string[]
  readonly leftOut: readonly string[]
}

/**
 * Runs commands over a project with the answer's declared files in it, in a fresh box. A tool that only reads the answer (a type checker)
 * can be believed; one that runs it (a build with plugins of the answer's, its tests) cannot: for tests there is `verifyProject`.
 * @param given the answer's files, path → text
 * @throws SandboxError where the box fails
 */
export async function runInWorkspace(
  driver: SandboxDriver,
  spec: WorkspaceSpec,
  given: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<WorkspaceResult> {
  const { files, missing, leftOut } = deliver(spec, given)
  const { mounts = [], limits, env } = spec
  await using box = await driver.open({ mounts, ...(limits && { limits }), ...(env && { env }) })
  await box.write(spec.files)
  if (Object.keys(files).length > 0) await box.write(files)
  const steps: StepResult[] = []
  for (const { name, command, timeoutSec } of spec.steps) {
    const options = { ...(timeoutSec && { limits: { timeoutSec } }), ...(signal && { signal }) }
    const { reason, code, stdout, stderr, ms } = await box.exec(command, options)
    signal?.throwIfAborted()
    const succeeded = reason === 'ok' && code === 0
    steps.push({ name, succeeded, reason, code, stdout: text(stdout), stderr: text(stderr), ms })
  }
  return { steps, files: await box.read(spec.results ?? []), missing, leftOut }
}

const text = (bytes: Uint8Array) => clip(new TextDecoder().decode(bytes), 20_000)

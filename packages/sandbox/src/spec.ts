/** The sandbox seam: a closed place to run untrusted code. Types only. */
import type { Readable, Writable } from 'node:stream'

/** What every command in a box is held to. */
export interface Limits {
  /** Wall-clock seconds. */
  readonly timeoutSec: number
  /** Bytes; for the box as a whole where the driver can, else per process (see {@link Probe.notes}). */
  readonly memoryBytes: number
  /** Most processes and threads at once. */
  readonly pids: number
  /** Cores, e.g. 1 or 0.5. */
  readonly cpus: number
  /** Bytes kept of stdout and of stderr; more ends the command as `output_limit`. */
  readonly outputBytes: number
  /** Bytes that /tmp may hold. */
  readonly diskBytes: number
}

export interface Mount {
  /** Absolute path on the host; read-only in the box. */
  readonly source: string
  /** Absolute path in the box. */
  readonly target: string
}

export interface BoxSpec {
  readonly limits?: Partial<Limits>
  readonly mounts?: readonly Mount[]
  /** The whole environment: nothing of the host's is inherited. */
  readonly env?: Readonly<Record<string, string>>
}

/** Path relative to the box's working folder → content. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** How a command ended. `ok` means it ended by itself: its exit code proves nothing by itself. */
export type ExitReason = 'ok' | 'timeout' | 'memory' | 'output_limit' | 'killed'

export interface ExecResult {
  readonly reason: ExitReason
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** Wall-clock milliseconds as the host saw them. */
  readonly ms: number
  /** Peak resident bytes of the command, where the driver can tell. */
  readonly peakBytes?: number
}

export interface ExecOptions {
  readonly stdin?: string | Uint8Array
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
}

/** A command that stays: spoken to over its stdin and stdout. */
export interface Resident {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Resolves once it has ended, whatever ended it; never rejects. */
  readonly ended: Promise<{
    reason: ExitReason
    code: number | null
    signal: string | null
    stderr: Uint8Array
  }>
  /** Ends it and everything it started. Resolves when none is left. */
  kill(): Promise<void>
}

/** A language as the box has it. */
export interface Runtime {
  /** Absolute path in the box, or the name that `exec` understands. */
  readonly command: string
  /** As the runtime itself reports it: `3.11.2`. */
  readonly version: string
}

export interface Sandbox extends AsyncDisposable {
  readonly runtimes: Readonly<Record<string, Runtime>>
  /** Whether a process in the box may start another (WebAssembly may not). */
  readonly forks: boolean
  /** Puts files into the working folder. @throws SandboxError `bad_path` for `..`, absolute or odd paths. */
  write(files: Files): Promise<void>
  /** Regular files only, size-capped, no links followed. A path that is not there is absent from the result. */
  read(paths: readonly string[]): Promise<Files>
  /** Runs a command to its end. @throws SandboxError only where the box itself failed before the command began. */
  exec(command: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Starts a command that stays. @throws SandboxError `unsupported` where the driver has no such thing. */
  start(command: readonly string[], options?: { limits?: Partial<Limits> }): Promise<Resident>
}

/** What a driver can do on this machine, now. */
export type Probe =
  | {
      readonly ok: true
      /** Of the driver: `bubblewrap 0.8.0`. */
      readonly version: string
      readonly runtimes: Readonly<Record<string, Runtime>>
      /** What a record must say: `memory limit per process only`. */
      readonly notes: readonly string[]
    }
  | {
      readonly ok: false
      readonly code: 'not_installed' | 'not_running' | 'no_permission' | 'image_missing' | 'unsupported'
      /** What is missing and what to do. */
      readonly reason: string
    }

/** One way to make boxes. One adapter file exports one of these as `driver`. */
export interface SandboxDriver {
  readonly name: string
  /** False for `process`, which protects nothing and is never chosen by itself. */
  readonly isolates: boolean
  /** Task kinds it can judge; `assert` needs `start`. */
  readonly kinds: readonly ('io' | 'assert')[]
  /** Honest and quick: it runs something. Never throws. */
  probe(): Promise<Probe>
  /** @throws SandboxError where no box can be made. */
  open(spec?: BoxSpec): Promise<Sandbox>
}

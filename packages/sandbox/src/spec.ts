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
  /** Absolute path on the host; never written. */
  readonly source: string
  /** Absolute path in the box. */
  readonly target: string
  /** Commands may write below it and see what they wrote; it goes with the box. Otherwise it is read-only. */
  readonly copyOnWrite?: boolean
}

export interface BoxSpec {
  readonly limits?: Partial<Limits>
  readonly mounts?: readonly Mount[]
  /** The whole environment: nothing of the host's is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Compilers wanted beside the interpreters; none where absent. */
  readonly toolChains?: readonly ToolChain[]
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
  /** Called with output as it comes, no more of it than is kept. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
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

/** What compiles code of a language: g++, rustc, javac, go. Boxes have it where they are opened with it, and it is there. */
export type ToolChain = 'cpp' | 'rust' | 'java' | 'go'

/** A language as the box has it. */
export interface Runtime {
  /** Absolute path in the box, or the name that `exec` understands. */
  readonly command: string
  /** As the runtime itself reports it: `3.11.2`. */
  readonly version: string
}

export interface Sandbox extends AsyncDisposable {
  /** By name: `python`, `node`, and the tool chains that are there of those asked for. */
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
      /** What a record must say: `no limit of cores`. */
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
  /**
   * Honest and quick: it runs something. Never throws.
   * @param toolChains to be looked for beside the interpreters
   */
  probe(toolChains?: readonly ToolChain[]): Promise<Probe>
  /** @throws SandboxError where no box can be made. */
  open(spec?: BoxSpec): Promise<Sandbox>
  /**
   * Opens a warm box that runs short jobs one after the other; absent where processes cannot be forked.
   * @throws SandboxError where none can be made.
   */
  forkServer?(spec: ForkServerSpec): Promise<ForkServer>
}

/** What a fork server is made with. All of it is trusted. */
export interface ForkServerSpec {
  /** Of the whole box and, where a job says nothing else, of each process. */
  readonly limits?: Partial<Limits>
  readonly mounts?: readonly Mount[]
  readonly env?: Readonly<Record<string, string>>
  /** Compilers wanted beside the interpreters; none where absent. */
  readonly toolChains?: readonly ToolChain[]
  /**
   * Programs that jobs run, by file name. `.py`: a module whose `main(payload: bytes)` runs in a fork of an interpreter that has
   * imported it already. `.cjs`: runs in a Node that was started before, and has `module.import()` for `import()`. Others are modules of
   * these. Jobs cannot write them.
   */
  readonly programs: Files
  /** How many Node processes wait ready. 0 where no job is JavaScript. */
  readonly spareNodes?: number
}

/**
 * One confined process of a job: a user or namespaces of its own, no capabilities, no network, an empty working folder.
 * Descriptors: 0 is `stdin`; 1 and 2 are kept up to their cap; 3 takes the result. In a job of two, 4 reads what the other
 * has written to its 5. There are no others, and neither can reach the other's but through these.
 */
export interface JobProcess {
  /** One of the server's programs. */
  readonly program: string
  /** Given to the program alone, once its process is confined: no template or later job ever holds it. */
  readonly payload: string | Uint8Array
  readonly stdin?: string | Uint8Array
  /** Seconds of CPU time, of it and of all it starts. */
  readonly cpuSec: number
  readonly memoryBytes?: number
}

/** A piece of work: one process, or two that are joined. */
export interface Job {
  /** The end of the last one ends the job. */
  readonly processes: readonly [JobProcess] | readonly [JobProcess, JobProcess]
  /** Seconds on the wall for all of it. */
  readonly wallSec: number
  /** Bytes kept of each result; 8 MiB and a little where absent. More ends the job. */
  readonly resultBytes?: number
}

/** How one process of a job ended. All bytes are hostile where its payload was. */
export interface JobEnd {
  /** `ok`: by itself, or because the job was over. */
  readonly reason: ExitReason
  readonly code: number | null
  readonly signal: string | null
  readonly result: Uint8Array
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** CPU milliseconds, as the kernel counted them. */
  readonly cpuMs?: number
  readonly peakBytes?: number
}

export interface JobResult {
  /** In the order of the job's processes. */
  readonly ends: readonly JobEnd[]
  /** Wall milliseconds, from the first process's start to the end of the job. */
  readonly ms: number
  /** Something that no job may do was seen (the server died, a process would not): its box was thrown away. */
  readonly breach?: string
}

export interface ForkServer extends AsyncDisposable {
  readonly runtimes: Readonly<Record<string, Runtime>>
  /** How many jobs it has run. */
  readonly served: number
  /** False once it is closed or was thrown away after a breach: open another. */
  readonly alive: boolean
  /**
   * Runs a job. Several may be asked for at once: they wait their turn. When it resolves, nothing that it started is alive.
   * @throws SandboxError `failed` only where no process of the job has begun; the signal's reason where it was aborted
   */
  run(job: Job, signal?: AbortSignal): Promise<JobResult>
}

import {
  type ForkServer,
  type Job,
  type JobResult,
  type SandboxDriver,
  SandboxError,
  type ToolChain,
} from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import type { LanguageSupport } from '../languages/spec.js'
import { boxSpec } from './runtime.js'

export interface ServersOptions {
  /** Fork servers at once; more than 0. */
  readonly size: number
  /** Jobs after which one is replaced by a fresh one. */
  readonly maxJobs: number
  /** Of each, for all of a job's processes. */
  readonly memoryBytes: number
}

/** A pool of warm boxes for jobs of one runtime. Each is opened when there is work for it, and thrown away when it is worn or dead. */
export class Servers implements AsyncDisposable {
  readonly #driver: SandboxDriver
  readonly #languages: readonly LanguageSupport[]
  readonly #options: ServersOptions
  readonly #open = new Set<ForkServer>()
  readonly #idle: ForkServer[] = []
  readonly #waiting: (() => void)[] = []
  readonly #pending = new Set<Promise<unknown>>()
  #compiler: Promise<string | undefined> | undefined
  #taken = 0
  #closed = false

  /** @param languages whose programs are there; the first one's runtime has to be there too */
  constructor(driver: SandboxDriver, languages: readonly LanguageSupport[], options: ServersOptions) {
    this.#driver = driver
    this.#languages = languages
    this.#options = options
  }

  /**
   * Where boxes have a compiler.
   * @param program what is to be installed where there is none
   * @throws ScorerError `no_sandbox` where they have none
   */
  async compiler(name: ToolChain, program: string): Promise<string> {
    this.#compiler ??= this.#use((server) => Promise.resolve(server.runtimes[name]?.command))
    const asked = this.#compiler
    // Where no box could be opened just now, the next answer asks again.
    asked.catch(() => {
      if (this.#compiler === asked) this.#compiler = undefined
    })
    const command = await asked
    if (command !== undefined) return command
    throw new ScorerError(
      'no_sandbox',
      `the boxes of ${this.#driver.name} have no ${program}; install it or choose another driver`,
    )
  }

  get size(): number {
    return this.#options.size
  }

  /**
   * Runs a job in whichever box is free first.
   * @throws ScorerError `no_sandbox` where boxes have no such runtime; SandboxError where no process of it could be begun, in a
   * fresh box either
   */
  async run(job: Job, signal?: AbortSignal): Promise<JobResult> {
    for (let lost = 0; ; lost++)
      try {
        return await this.#runOnce(job, signal)
      } catch (error) {
        // A box that died while it was idle, by what ran in it before: nothing of the job has run. All of them may have.
        const again = error instanceof SandboxError && error.code === 'failed' && lost <= this.#options.size
        if (!again || this.#closed) throw error
      }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const wake of this.#waiting.splice(0)) wake()
    for (const server of this.#open) this.#throwAway(server)
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
  }

  async #runOnce(job: Job, signal?: AbortSignal): Promise<JobResult> {
    const result = await this.#use((server) => server.run(job, signal), signal)
    // Whoever stops a run may take its boxes along: that is nobody's crash.
    if (result.breach !== undefined) signal?.throwIfAborted()
    return result
  }

  async #use<T>(work: (server: ForkServer) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const server = await this.#take(signal)
    try {
      return await work(server)
    } finally {
      this.#give(server)
    }
  }

  async #take(signal?: AbortSignal): Promise<ForkServer> {
    while (this.#taken >= this.#options.size && !this.#closed) await this.#turn(signal)
    signal?.throwIfAborted()
    if (this.#closed) throw closed()
    this.#taken++
    try {
      for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
        if (idle.alive) return idle
        this.#throwAway(idle)
      }
      return await this.#until(this.#start())
    } catch (error) {
      this.#taken--
      this.#waiting.shift()?.()
      throw error
    }
  }

  async #start(): Promise<ForkServer> {
    const programs = await Promise.all(this.#languages.map((language) => language.programs()))
    const runtime = this.#languages[0]!.runtime
    const limits = { ...boxSpec.limits, memoryBytes: this.#options.memoryBytes }
    const server = await this.#driver.forkServer!({
      ...boxSpec,
      limits,
      programs: Object.assign({}, ...programs),
      spareNodes: runtime === 'node' ? 2 : 0,
      toolChains: this.#languages.flatMap(({ compiled }) => compiled?.toolChain ?? []),
    })
    this.#open.add(server)
    if (!this.#closed && server.runtimes[runtime] !== undefined) return server
    this.#throwAway(server)
    if (this.#closed) throw closed()
    const { name } = this.#driver
    throw new ScorerError(
      'no_sandbox',
      `the boxes of ${name} have no ${runtime}; install it or choose another driver`,
    )
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        const at = this.#waiting.indexOf(wake)
        if (at >= 0) this.#waiting.splice(at, 1)
        // Its turn may have come in the same moment: it goes to the next.
        else this.#waiting.shift()?.()
        reject(signal!.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', stop, { once: true })
      this.#waiting.push(wake)
    })
  }

  #give(server: ForkServer): void {
    this.#taken--
    const worn = !server.alive || server.served >= this.#options.maxJobs
    if (worn || this.#closed) this.#throwAway(server)
    else this.#idle.push(server)
    this.#waiting.shift()?.()
  }

  #throwAway(server: ForkServer): void {
    if (this.#open.delete(server)) this.#until(server[Symbol.asyncDispose]()).catch(() => {})
  }

  /** Closing waits for it. */
  #until<T>(work: PromiseLike<T>): Promise<T> {
    const pending = Promise.resolve(work).finally(() => this.#pending.delete(pending))
    this.#pending.add(pending)
    return pending
  }
}

const closed = () => new SandboxError('unavailable', 'the judge is closed')

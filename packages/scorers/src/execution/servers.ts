import { type ForkServer, type Job, type JobResult, type SandboxDriver, SandboxError } from '@bench/sandbox'
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
  readonly #open: () => Promise<ForkServer>
  readonly #options: ServersOptions
  readonly #idle: ForkServer[] = []
  readonly #waiting: (() => void)[] = []
  readonly #closing = new Set<Promise<void>>()
  #taken = 0
  #closed = false

  constructor(driver: SandboxDriver, languages: readonly LanguageSupport[], options: ServersOptions) {
    this.#options = options
    this.#open = async () => {
      const programs = await Promise.all(languages.map((language) => language.programs()))
      const spareNodes = languages.some(({ runtime }) => runtime === 'node') ? 2 : 0
      const limits = { ...boxSpec.limits, memoryBytes: options.memoryBytes }
      return driver.forkServer!({ ...boxSpec, limits, programs: Object.assign({}, ...programs), spareNodes })
    }
  }

  get size(): number {
    return this.#options.size
  }

  /**
   * Runs a job in whichever box is free first.
   * @throws SandboxError where no process of it could be begun, in two boxes one after the other
   */
  async run(job: Job, signal?: AbortSignal): Promise<JobResult> {
    try {
      return await this.#runOnce(job, signal)
    } catch (error) {
      // A box that died while it was idle: nothing of the job has run.
      if (!(error instanceof SandboxError && error.code === 'failed') || this.#closed) throw error
      return this.#runOnce(job, signal)
    }
  }

  /** What a box has, for its runtimes. */
  async runtimes(signal?: AbortSignal): Promise<ForkServer['runtimes']> {
    const server = await this.#take(signal)
    this.#give(server)
    return server.runtimes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const server of this.#idle.splice(0)) this.#throwAway(server)
    for (const wake of this.#waiting.splice(0)) wake()
    while (this.#closing.size > 0) await Promise.all(this.#closing)
  }

  async #runOnce(job: Job, signal?: AbortSignal): Promise<JobResult> {
    const server = await this.#take(signal)
    try {
      return await server.run(job, signal)
    } finally {
      this.#give(server)
    }
  }

  async #take(signal?: AbortSignal): Promise<ForkServer> {
    while (this.#taken >= this.#options.size) await this.#turn(signal)
    signal?.throwIfAborted()
    if (this.#closed) throw new SandboxError('unavailable', 'the judge is closed')
    this.#taken++
    try {
      const idle = this.#idle.pop()
      if (idle?.alive) return idle
      if (idle) this.#throwAway(idle)
      return await this.#open()
    } catch (error) {
      this.#taken--
      this.#waiting.shift()?.()
      throw error
    }
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
    const close = async () => {
      await server[Symbol.asyncDispose]()
      this.#closing.delete(closing)
    }
    const closing = close()
    this.#closing.add(closing)
  }
}

import {
  type Files,
  type Mount,
  type Resident,
  type Sandbox,
  type SandboxDriver,
  SandboxError,
} from '@bench/sandbox'
import { boxSpec } from '../execution/runtime.js'
import { clip } from '../match.js'
import type { Outcome } from '../spec.js'
import { FrameReader, jsonFrame, writeFrame } from './frames.js'

/** How a process ended that fell silent. */
export interface Silence {
  readonly outcome: Exclude<Outcome, 'pass'>
  readonly error: string
}

/** How a process ends that used up its CPU time: as timeout(1) does, or by the kernel's SIGXCPU as a shell tells of it. */
const lateStatuses: readonly (number | null)[] = [124, 152]

/** One of the two processes, in a fresh box of its own. It says hello before any code but ours has run. */
export class Party implements AsyncDisposable {
  readonly #box: Sandbox
  readonly #process: Resident
  readonly #frames: FrameReader

  private constructor(box: Sandbox, process: Resident) {
    this.#box = box
    this.#process = process
    this.#frames = new FrameReader(process.stdout)
    // Writing to a process that has died is told by its silence.
    process.stdin.on('error', () => {})
  }

  /**
   * @param files of the box, trusted ones first
   * @param wallSec backs up the host's own clock
   * @throws SandboxError where the box fails
   */
  static async open(
    driver: SandboxDriver,
    files: readonly Files[],
    command: (box: Sandbox) => readonly string[],
    wallSec: number,
    mounts: readonly Mount[] = [],
  ): Promise<Party> {
    const box = await driver.open({ ...boxSpec, mounts })
    try {
      for (const some of files) if (Object.keys(some).length > 0) await box.write(some)
      // The output is frames, which are capped one by one.
      const limits = { timeoutSec: wallSec, outputBytes: 1 << 30 }
      const party = new Party(box, await box.start(command(box), { limits }))
      await party.#greet()
      return party
    } catch (error) {
      await box[Symbol.asyncDispose]()
      throw error
    }
  }

  async #greet(): Promise<void> {
    if (typeof (await this.receive()) !== 'string') return
    const { reason, stderr } = await this.#end()
    const said = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? ''
    throw new SandboxError('failed', `the box ended before the code began (${reason}): ${clip(said, 300)}`)
  }

  receive(): Promise<Buffer | 'end' | 'too_large'> {
    return this.#frames.next()
  }

  send(frame: Uint8Array): Promise<void> {
    return writeFrame(this.#process.stdin, frame)
  }

  tell(message: unknown): Promise<void> {
    return jsonFrame(this.#process.stdin, message)
  }

  /** Why it fell silent. It ends by itself: its first process is ours, and closes its output last. */
  async silence(): Promise<Silence> {
    this.#process.stdout.destroy()
    const { reason, code, signal } = await this.#process.ended
    if (lateStatuses.includes(code) || signal === 'SIGXCPU' || reason === 'timeout')
      return { outcome: 'time_limit', error: 'the limit of CPU time was reached' }
    if (reason === 'memory') return { outcome: 'memory', error: 'the memory limit was reached' }
    if (reason === 'output_limit') return { outcome: 'output_limit', error: 'the output limit was reached' }
    const by = signal === null || reason === 'killed' ? '' : `, killed by ${signal}`
    return { outcome: 'crash', error: `the process ended without an answer${by}` }
  }

  /** Nobody reads on: bytes that nobody takes must not keep the process from ending. */
  async #end(): Promise<Awaited<Resident['ended']>> {
    this.#process.stdout.destroy()
    await this.#process.kill()
    return this.#process.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
    await this.#box[Symbol.asyncDispose]()
  }
}

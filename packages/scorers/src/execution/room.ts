import { type Files, type Resident, type Sandbox, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import { clip } from '../match.js'
import { boxSpec } from './runtime.js'

export interface RoomOptions {
  readonly runtime: 'node' | 'python'
  /** What runs in it, and its files. */
  readonly program: string
  readonly files: () => Promise<Files>
  readonly args?: readonly string[]
  readonly memoryBytes: number
  /** Questions after which a fresh one takes its place. */
  readonly maxQuestions: number
  /** Seconds that it may take to be ready. */
  readonly readySec: number
}

/** What became of a question: the reply's bytes, or why there is none. */
export type Reply = Buffer | 'late' | 'ended'

/**
 * A trusted program that stays, in a box of its own, and answers one question at a time. What it is asked about may be hostile, and
 * kill it or keep it busy for ever: then another takes its place.
 */
export class Room implements AsyncDisposable {
  readonly #driver: SandboxDriver
  readonly #options: RoomOptions
  #turn: Promise<unknown> = Promise.resolve()
  #inside: Inside | undefined
  #closed = false
  /** Questions that are asked or wait for their turn. */
  busy = 0

  constructor(driver: SandboxDriver, options: RoomOptions) {
    this.#driver = driver
    this.#options = options
  }

  /**
   * @param seconds on the wall, from when it is the question's turn
   * @throws SandboxError where no room can be opened
   */
  ask(question: string, seconds: number, signal?: AbortSignal): Promise<Reply> {
    return this.#inTurn(() => this.#ask(question, seconds, signal))
  }

  /** Opens it before there is a question. @throws SandboxError where it cannot be opened */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#closed) this.#inside ??= await this.#enter()
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.busy++
    const result = this.#turn.then(work).finally(() => this.busy--)
    this.#turn = result.catch(() => {})
    return result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#leave()
    await this.#turn
    await this.#leave()
  }

  async #ask(question: string, seconds: number, signal?: AbortSignal): Promise<Reply> {
    signal?.throwIfAborted()
    if (this.#closed) throw new SandboxError('unavailable', 'the judge is closed')
    const inside = this.#inside ?? (await this.#enter())
    this.#inside = inside
    const reply = await inside.ask(question, seconds)
    if (typeof reply === 'string' || inside.asked >= this.#options.maxQuestions) await this.#leave()
    return reply
  }

  async #enter(): Promise<Inside> {
    const { runtime, program, files, args = [], memoryBytes, readySec } = this.#options
    const box = await this.#driver.open({
      ...boxSpec,
      limits: { memoryBytes, outputBytes: 2 ** 40, diskBytes: 64 << 20, timeoutSec: 86_400 },
    })
    try {
      const command = box.runtimes[runtime]?.command
      if (command === undefined)
        throw new ScorerError(
          'no_sandbox',
          `the boxes of ${this.#driver.name} have no ${runtime}; install it or choose another driver`,
        )
      await box.write(await files())
      const inside = new Inside(
        box,
        await box.start([command, ...flags(runtime, memoryBytes), program, ...args]),
      )
      if (typeof (await inside.receive(readySec)) !== 'string') return inside
      throw new SandboxError('failed', `${program} did not start: ${await inside.lastWords()}`)
    } catch (error) {
      await box[Symbol.asyncDispose]()
      throw error
    }
  }

  async #leave(): Promise<void> {
    const inside = this.#inside
    this.#inside = undefined
    await inside?.[Symbol.asyncDispose]()
  }
}

const flags = (runtime: RoomOptions['runtime'], memoryBytes: number): readonly string[] =>
  runtime === 'node'
    ? [`--max-old-space-size=${Math.floor((memoryBytes / 2 ** 20) * 0.75)}`]
    : ['-s', '-S', '-B']

/** The program, in its box, with frames to and from it. */
class Inside implements AsyncDisposable {
  readonly #box: Sandbox
  readonly #process: Resident
  #bytes: Buffer = Buffer.alloc(0)
  #ended = false
  #wake = () => {}
  asked = 0

  constructor(box: Sandbox, process: Resident) {
    this.#box = box
    this.#process = process
    process.stdin.on('error', () => {})
    process.stdout.on('error', () => {})
    process.stdout.on('data', (piece: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, piece])
      this.#wake()
    })
    process.stdout.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  ask(question: string, seconds: number): Promise<Reply> {
    this.asked++
    const size = Buffer.byteLength(question)
    const frame = Buffer.allocUnsafe(size + 4)
    frame.writeUInt32BE(size)
    frame.write(question, 4)
    this.#process.stdin.write(frame)
    return this.receive(seconds)
  }

  /** The next frame, waited for so many seconds. */
  async receive(seconds: number): Promise<Reply> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.#wake()
    }, seconds * 1000)
    try {
      for (;;) {
        const reply = this.#frame()
        if (reply !== undefined) return reply
        if (this.#ended) return 'ended'
        if (late) return 'late'
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  #frame(): Buffer | undefined {
    if (this.#bytes.length < 4) return undefined
    const end = 4 + this.#bytes.readUInt32BE()
    if (this.#bytes.length < end) return undefined
    const frame = this.#bytes.subarray(4, end)
    this.#bytes = this.#bytes.subarray(end)
    return frame
  }

  async lastWords(): Promise<string> {
    await this.#process.kill()
    const { reason, stderr } = await this.#process.ended
    return clip(new TextDecoder().decode(stderr).trim().split('\n').at(-1) || reason, 300)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill()
    await this.#box[Symbol.asyncDispose]()
  }
}

import { ProviderError } from '../errors.js'
import type { FinishReason, Timing, ToolCall, Usage } from '../spec.js'
import { type Measured, Stopwatch } from './timing.js'
import { type CallPiece, ToolCalls } from './tool-calls.js'

const maxChars = 64 * 1024 * 1024

/** What one try is gathered into while it streams. Made when its request is about to be sent. */
export class Reply {
  text = ''
  reasoning = ''
  finish: FinishReason | undefined
  finishRaw: string | undefined
  served: string | undefined
  fingerprint: string | undefined
  usage: Usage = {}
  /** Dollars, where the provider says so itself. */
  usd: number | undefined
  /** What the next turn has to give back as it is. */
  carry: unknown
  /** What the server measured itself. */
  measured: Measured = {}
  readonly warnings: string[] = []
  /** HTTP said yes: from here on a break means an incomplete reply. */
  opened = false
  /** The provider's own end of the stream was seen. */
  closed = false
  /** Pieces of any channel so far. */
  tokens = 0
  /** To be called with the answer's headers as soon as they are there, whatever its status. */
  answered: (status: number, header: (name: string) => string | undefined) => void = () => {}

  readonly #watch = new Stopwatch()
  readonly #calls = new ToolCalls()
  readonly #raw: Uint8Array[] | undefined

  constructor({ keepRaw = false }: { keepRaw?: boolean | undefined } = {}) {
    if (keepRaw) this.#raw = []
  }

  /** When its request was sent, on the clock of `performance.now()`. */
  get sentAt(): number {
    return this.#watch.sentAt
  }

  /** All of it has come; what is done besides is none of its time. */
  over(): void {
    this.#watch.over()
  }

  /** Bytes of the body as they come. */
  readonly watch = (bytes: Uint8Array): void => {
    this.#watch.byte()
    this.#raw?.push(bytes)
  }

  addText(text: string): void {
    this.text += text
    this.#token()
  }

  addReasoning(text: string): void {
    this.reasoning += text
    this.#token()
  }

  addToolCall(piece: CallPiece): void {
    this.#calls.add(piece)
    this.#token()
  }

  get calledTool(): boolean {
    return this.#calls.any
  }

  get toolCalls(): readonly ToolCall[] {
    return this.#calls.list(this.finish === 'length')
  }

  get raw(): string | undefined {
    return this.#raw && Buffer.concat(this.#raw).toString('utf8')
  }

  /** Why it ended. A later word does not make a whole reply of a cut or refused one. */
  end(finish: FinishReason, raw: string | undefined): void {
    if (this.finish === 'length' || this.finish === 'refusal') {
      this.finishRaw ??= raw
      return
    }
    this.finish = finish
    this.finishRaw = raw
  }

  /** @param began when the first try was sent, on the clock of `performance.now()` */
  timing(startedAt: string, began: number): Timing {
    const { output, reasoning = 0 } = this.usage
    // Reasoning that was counted but not streamed was made before the first token came.
    const streamed = output !== undefined && this.reasoning === '' ? output - reasoning : output
    return this.#watch.timing(startedAt, began, streamed, this.measured)
  }

  #token(): void {
    this.#watch.token()
    this.tokens++
    if (Math.max(this.text.length, this.reasoning.length, this.#calls.size) > maxChars) throw endless()
  }
}

const endless = () =>
  new ProviderError('malformed', 'the reply passed 64 million characters and was cut off. Set a token limit.')

import { ProviderError } from '../errors.js'
import type { FinishReason, Timing, Usage } from '../spec.js'

/** Chunks of one network read are told apart by less than this; a rate over it would be noise. */
const shortestDecodeMs = 1
const maxChars = 64 * 1024 * 1024

/** What one try is gathered into while it streams. */
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
  /** Tokens per second, where the provider measured it itself. */
  measuredRate: number | undefined
  readonly warnings: string[] = []
  /** HTTP said yes: from here on a break means an incomplete reply. */
  opened = false
  /** The provider's own end of the stream was seen. */
  closed = false
  /** A tool was called, whatever the finish reason says. */
  calledTool = false

  #firstAt: number | undefined
  #lastAt = 0

  addText(text: string): void {
    this.#token()
    this.text += text
    if (this.text.length > maxChars) throw endless()
  }

  addReasoning(text: string): void {
    this.#token()
    this.reasoning += text
    if (this.reasoning.length > maxChars) throw endless()
  }

  addToolCall(): void {
    this.#token()
    this.calledTool = true
  }

  /** @param began when the first try was sent, on the clock of `performance.now()` */
  timing(startedAt: string, began: number): Timing {
    const tokensPerSecond = this.measuredRate ?? this.#rate()
    return {
      startedAt,
      totalMs: performance.now() - began,
      ...(this.#firstAt === undefined ? {} : { firstTokenMs: this.#firstAt - began }),
      ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    }
  }

  #token(): void {
    this.#lastAt = performance.now()
    this.#firstAt ??= this.#lastAt
  }

  /**
   * Tokens after the first over the time from the first to the last. Reasoning that was counted but not streamed
   * was made before the first token came, and is left out. A reply that came all at once has no decode phase.
   */
  #rate(): number | undefined {
    const { output, reasoning = 0 } = this.usage
    if (output === undefined || this.#firstAt === undefined) return undefined
    const streamed = this.reasoning === '' ? output - reasoning : output
    const decodeMs = this.#lastAt - this.#firstAt
    return decodeMs >= shortestDecodeMs && streamed > 1 ? ((streamed - 1) / decodeMs) * 1000 : undefined
  }
}

const endless = () =>
  new ProviderError('malformed', 'the reply passed 64 million characters and was cut off. Set a token limit.')

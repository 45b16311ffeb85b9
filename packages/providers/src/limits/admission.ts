import { createHash } from 'node:crypto'
import type { CallOptions, Message, ModelSettings } from '../spec.js'
import type { Reply } from '../wire/reply.js'
import { processLimiter } from './limiter.js'

/** Characters to a token, about: English prose has four, code and other scripts fewer. */
const charsPerToken = 3.5

/**
 * Servers for one person's accelerator. Ollama works on one request at a time unless `OLLAMA_NUM_PARALLEL` says otherwise
 * (https://docs.ollama.com/faq); the others let requests share what one would have. vLLM and its like batch.
 */
const serialServers: ReadonlySet<string> = new Set(['ollama', 'llama-cpp', 'lmstudio'])

interface Asker {
  readonly origin: {
    readonly provider: string
    readonly url: string
    readonly model: string
    readonly key?: string | undefined
  }
  readonly settings: ModelSettings
  readonly local?: boolean
}

/** Leave to send one request, which ends with it. */
interface Admitted {
  /** To be told the headers of the answer, as soon as they are there. */
  answered(header: (name: string) => string | undefined): void
  /** @param reply what the request is gathered into */
  during<T>(reply: Reply, request: () => Promise<T>): Promise<T>
}

export type Admission = (
  messages: readonly Message[],
  options: CallOptions,
  again: boolean,
  signal: AbortSignal,
) => Promise<Admitted>

/** How a model gets leave from the limiter it was given, or else from the process's own. */
export function admission({ origin, settings, local }: Asker): Admission {
  const limiter = settings.limiter ?? processLimiter(settings.clock)
  const lane = laneOf(origin)
  const serial = local === true && serialServers.has(origin.provider)
  return async (messages, options, again, signal) => {
    const permit = await limiter.acquire({
      lane,
      model: origin.model,
      inputTokens: tokensIn(messages),
      maxTokens: options.maxTokens,
      serial,
      again,
      retryDelayMs: settings.retryDelayMs ?? 2000,
      signal,
    })
    return {
      answered: permit.answered,
      async during(reply, request) {
        let error: unknown
        try {
          return await request()
        } catch (caught) {
          error = caught
          throw caught
        } finally {
          permit.release({ usage: reply.usage, error })
        }
      },
    }
  }
}

/** The endpoint's host and path, and enough of the key's hash to tell keys apart: nothing of the key itself. */
function laneOf({ url, key }: Asker['origin']): string {
  const { host, pathname } = new URL(url)
  const place = `${host}${pathname.replace(/\/+$/, '')}`
  return key ? `${place}#${createHash('sha256').update(key).digest('hex').slice(0, 12)}` : place
}

const tokensIn = (messages: readonly Message[]): number =>
  Math.ceil(messages.reduce((chars, { content }) => chars + content.length, 0) / charsPerToken)

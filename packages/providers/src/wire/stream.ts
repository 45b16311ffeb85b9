import { createParser } from 'eventsource-parser'
import { ProviderError } from '../errors.js'

/** Characters that one message may hold. */
const maxMessage = 16 * 1024 * 1024

/** One message of a stream. */
export interface StreamEvent {
  /** Server-sent events only: the event's name. */
  readonly event?: string | undefined
  readonly data: string
  /** The stream ended before this message was closed: what it holds may be cut. */
  readonly unclosed?: boolean
}

/** Is shown the bytes as they come. */
export type Watch = (bytes: Uint8Array) => void

/** Server-sent events out of bytes, however they are split. Comments are skipped. */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  watch?: Watch,
): AsyncGenerator<StreamEvent> {
  let ready: StreamEvent[] = []
  let unclosed = false
  const parser = createParser({
    maxBufferSize: maxMessage,
    onEvent: ({ event, data }) => ready.push(unclosed ? { event, data, unclosed } : { event, data }),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw tooLong()
    },
  })
  for await (const text of decoded(body, watch)) {
    parser.feed(text)
    if (ready.length === 0) continue
    yield* ready
    ready = []
  }
  unclosed = true
  parser.feed('\n\n')
  yield* ready
}

/** Lines of JSON out of bytes, however they are split. Empty lines are skipped. */
export async function* jsonLines(
  body: AsyncIterable<Uint8Array>,
  watch?: Watch,
): AsyncGenerator<StreamEvent> {
  let rest = ''
  for await (const text of decoded(body, watch)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxMessage) throw tooLong()
    for (const data of lines) if (data.trim() !== '') yield { data }
  }
  if (rest.trim() !== '') yield { data: rest, unclosed: true }
}

/** The events of a reply, or all of it where it is not streamed; one that mislabels its stream is understood too. */
export async function* eventsOrWhole(
  sent: { readonly body: AsyncIterable<Uint8Array>; header(name: string): string | undefined },
  watch?: Watch,
): AsyncGenerator<StreamEvent | string> {
  if (sent.header('content-type')?.startsWith('text/event-stream')) {
    yield* serverSentEvents(sent.body, watch)
    return
  }
  const whole = await wholeText(sent.body, watch)
  if (/^\s*(data|event|id|retry|):/.test(whole)) yield* serverSentEvents(once(Buffer.from(whole)))
  else yield whole
}

async function* once(bytes: Uint8Array) {
  yield bytes
}

/** A reply that is not streamed. */
async function wholeText(body: AsyncIterable<Uint8Array>, watch?: Watch): Promise<string> {
  let whole = ''
  for await (const text of decoded(body, watch)) {
    whole += text
    if (whole.length > maxMessage) throw tooLong()
  }
  return whole
}

/** What is no UTF-8 was damaged on its way: a model's words with holes in them are not its answer. */
async function* decoded(body: AsyncIterable<Uint8Array>, watch?: Watch): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of body) {
    watch?.(chunk)
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw new ProviderError('malformed', 'the reply is no UTF-8. Try again, or check the endpoint.', {
        retryable: true,
      })
    }
    if (text !== '') yield text
  }
}

const tooLong = () =>
  new ProviderError(
    'malformed',
    'one message of the stream passed 16 million characters. Check the endpoint.',
  )

/**
 * A server of OpenAI's chat completions and Anthropic's messages that answers at once with the last message's text:
 * streamed where it is asked to, with usage. Lists one model, `echo`. With a number as argument it holds its streams
 * open after their first token until so many are, and then brings twenty more tokens to each, one every 50 ms. With a second one
 * it answers after so many milliseconds.
 * Prints its base URL on stdout; ends when its stdin does.
 */
import { createServer } from 'node:http'

const together = Number(process.argv[2] ?? 0)
const delayMs = Number(process.argv[3] ?? 0)
const held = []

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'echo', object: 'model' }] }))
    return
  }
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    const asked = JSON.parse(Buffer.concat(chunks).toString())
    const content = asked.messages.at(-1).content
    const wire = request.url.endsWith('/messages') ? messages(asked.model) : chat(asked.model)
    if (!asked.stream) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(wire.whole(content)))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (together === 0) return void response.end(wire.head() + wire.token(content) + wire.end())
    response.write(wire.head() + wire.token(content))
    held.push({ response, wire, content })
    if (held.length === together) void drip(held.splice(0))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', 4096, () => console.log(`http://127.0.0.1:${server.address().port}/v1`))
process.stdin.on('end', () => process.exit()).resume()

async function drip(streams) {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const { response, wire, content } of streams) response.write(wire.token(content))
  }
  for (const { response, wire } of streams) response.end(wire.end())
}

function chat(model) {
  const usage = { prompt_tokens: 12, completion_tokens: 8, total_tokens: 20 }
  const head = { id: 'c', created: 0, model }
  const event = (choices, more) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`
  return {
    whole: (content) => {
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
      return { ...head, object: 'chat.completion', choices, usage }
    },
    head: () => '',
    token: (content) => event([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]),
    end: () =>
      `${event([{ index: 0, delta: {}, finish_reason: 'stop' }]) + event([], { usage })}data: [DONE]\n\n`,
  }
}

function messages(model) {
  const message = { id: 'm', type: 'message', role: 'assistant', model }
  const usage = { input_tokens: 12, output_tokens: 8 }
  const event = (type, more) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  return {
    whole: (text) => ({ ...message, content: [{ type: 'text', text }], stop_reason: 'end_turn', usage }),
    head: () =>
      event('message_start', { message: { ...message, content: [], stop_reason: null, usage } }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    token: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    end: () =>
      event('content_block_stop', { index: 0 }) +
      event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } }) +
      event('message_stop', {}),
  }
}

/**
 * An OpenAI-compatible server that answers at once with the last message's text: streamed where it is asked to, with
 * usage. Lists one model, `echo`. Prints its base URL on stdout; ends when its stdin does.
 */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'echo', object: 'model' }] }))
    return
  }
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString())
    const content = asked.messages.at(-1).content
    const usage = { prompt_tokens: 12, completion_tokens: 8, total_tokens: 20 }
    const head = { id: 'c', created: 0, model: asked.model }
    if (!asked.stream) {
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
      return
    }
    const event = (choices, more) =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(
      event([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]) +
        event([{ index: 0, delta: {}, finish_reason: 'stop' }]) +
        event([], { usage }) +
        'data: [DONE]\n\n',
    )
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/v1`))
process.stdin.on('end', () => process.exit()).resume()

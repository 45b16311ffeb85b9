import { type Model, provider } from '@bench/providers'
import { chat, type Exchange, mockServer, type Received, type TestServer } from '@bench/providers/mock'

/** Tokens of each reply of the server, and dollars for a million of either. */
export const each = { input: 100, output: 10, perMillion: 1 } as const

/** What comes instead of an answer to the n-th request, counted from 1. */
export type Interference = (count: number) => Exchange | undefined

/** A hang: the request is taken, and never answered. */
export const hang: Exchange = { raw: '', ending: 'hang' }

/**
 * A server whose model first gives a wrong answer and then the right one, by tools where it is given some and in words where it is not.
 * It goes by what it is asked alone, so that an attempt that goes on finds it as it left it.
 */
export function solverServer(wrong: string, right: string, interfere: Interference = () => undefined) {
  let count = 0
  return mockServer({
    answer(request) {
      if (request.method !== 'POST') return undefined
      count++
      return interfere(count) ?? reply(request, wrong, right)
    },
  })
}

function reply({ body }: Received, wrong: string, right: string): Exchange {
  const asked = JSON.parse(body) as { messages: { role: string }[]; tools?: unknown[] }
  const turn = asked.messages.filter(({ role }) => role === 'assistant').length
  const code = turn === 0 ? wrong : right
  const write = call(turn, 0, 'write_file', { path: 'solution.py', content: code })
  const calls =
    asked.tools === undefined
      ? []
      : turn < 2
        ? [write, call(turn, 1, 'run_tests', {})]
        : [call(turn, 0, 'finish', {})]
  const stream = chat.stream({
    model: 'served',
    text: calls.length > 0 ? [] : [`\`\`\`python\n${code}\`\`\`\n`],
    reasoning: [],
    toolCalls: calls,
    finish: calls.length > 0 ? 'tool_calls' : 'stop',
    usage: { input: each.input, output: each.output },
  })
  return { headers: { 'content-type': chat.contentType }, body: stream.join('') }
}

const call = (turn: number, index: number, name: string, args: object) => ({
  id: `call_${turn}_${index}`,
  name,
  arguments: JSON.stringify(args),
})

/** A real adapter that asks that server, without a second try. */
export async function askingModel(server: TestServer): Promise<Model> {
  const found = await provider('openai-compatible')
  return found.model('suite', {
    endpoint: `${server.url}/v1`,
    apiKey: 'none-needed-here',
    maxRetries: 0,
    price: { inputPerMillion: each.perMillion, outputPerMillion: each.perMillion },
  })
}

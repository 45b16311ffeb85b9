/**
 * What `@bench/providers` costs beside the SDKs that know the same wires: processor time of this process for each
 * streamed call, 32 under way, in turns on one server, so that whatever else the machine does meets both alike. The bare
 * SDK's share is its call with the stream read to its end. Prints one line of JSON.
 *
 *     node bench/overhead.mjs URL calls rounds
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import OpenAI from 'openai'
import { root } from '../scripts/workspace.mjs'

const [url, calls, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const concurrency = 32
const fromProviders = createRequire(join(root, 'packages/providers/package.json'))
const { default: Anthropic } = await import(fromProviders.resolve('@anthropic-ai/sdk'))
const { resolveModel } = await import(join(root, 'packages/providers/dist/index.js'))

const host = url.replace(/\/v1$/, '')
const openai = new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: 'none', baseURL: host, maxRetries: 0, logLevel: 'off' })
const max_tokens = 100
const said = (content) => [{ role: 'user', content }]
const ours = async (id, endpoint) => {
  const model = await resolveModel(id, { endpoint, apiKey: 'none' }, {})
  return async (content) => (await model.generate(said(content), { maxTokens: max_tokens })).text
}

const contenders = {
  openai: {
    bare: async (content) => {
      const options = { include_usage: true }
      const body = {
        model: 'echo',
        messages: said(content),
        stream: true,
        stream_options: options,
        max_tokens,
      }
      let text = ''
      for await (const chunk of await openai.chat.completions.create(body))
        text += chunk.choices[0]?.delta.content ?? ''
      return text
    },
    ours: await ours('openai:echo', url),
  },
  anthropic: {
    bare: async (content) => {
      let text = ''
      const body = { model: 'echo', messages: said(content), stream: true, max_tokens }
      for await (const event of await anthropic.messages.create(body))
        if (event.type === 'content_block_delta') text += event.delta.text
      return text
    },
    ours: await ours('anthropic:echo', host),
  },
}

/** Milliseconds of processor time for one call. */
async function cost(call, count) {
  const began = process.cpuUsage()
  let next = 0
  const worker = async () => {
    while (next < count) {
      const content = `item ${next++}`
      if ((await call(content)) !== content) throw new Error(`not what was said: ${content}`)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000 / count
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
const result = {}
for (const [wire, { bare, ours }] of Object.entries(contenders)) {
  const spent = { bare: [], ours: [] }
  await cost(bare, calls)
  await cost(ours, calls)
  for (let round = 0; round < rounds; round++) {
    spent.bare.push(await cost(bare, calls))
    spent.ours.push(await cost(ours, calls))
  }
  result[wire] = { bareMs: median(spent.bare), oursMs: median(spent.ours) }
}
console.log(JSON.stringify(result))

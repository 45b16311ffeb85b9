import type { Usage } from '../spec.js'
import { amount, count, type Fields, fields, known } from './loose.js'
import type { Reply } from './reply.js'

/** Token counts, cost and the server's own timing, wherever a server of the chat dialect puts them. */
export function takeUsage(chunk: Fields, choice: Fields, reply: Reply): void {
  // Moonshot writes it into the choice, Groq into a field of its own.
  const usage = [chunk.usage, choice.usage, fields(chunk.x_groq).usage].map(fields).find(hasCounts)
  if (usage) {
    reply.usage = usageOf(usage)
    takeCost(usage, reply)
    // https://console.groq.com/docs/api-reference: seconds
    measure(reply, usage.prompt_time, usage.completion_time, 1)
  }
  // Cerebras: seconds
  const { prompt_time, completion_time } = fields(chunk.time_info)
  measure(reply, prompt_time, completion_time, 1)
  takeTimings(fields(chunk.timings), reply)
}

const hasCounts = (usage: Fields) =>
  count(usage.prompt_tokens) !== undefined || count(usage.completion_tokens) !== undefined

function usageOf(usage: Fields): Usage {
  const prompt = fields(usage.prompt_tokens_details)
  const input = count(usage.prompt_tokens)
  const output = count(usage.completion_tokens)
  const reasoning =
    count(fields(usage.completion_tokens_details).reasoning_tokens) ?? count(usage.reasoning_tokens)
  // xAI counts reasoning beside the completion; the total tells.
  const beside =
    reasoning &&
    input !== undefined &&
    output !== undefined &&
    usage.total_tokens === input + output + reasoning
  return known<Usage>({
    input,
    output: beside ? output + reasoning : output,
    cacheRead:
      count(prompt.cached_tokens) ?? count(usage.prompt_cache_hit_tokens) ?? count(usage.cached_tokens),
    cacheWrite: count(prompt.cache_write_tokens) ?? count(usage.cache_creation_input_tokens),
    reasoning,
  })
}

/** What the provider says that it took. */
export function takeCost(usage: Fields, reply: Reply): void {
  const fee = amount(usage.cost)
  // With one's own upstream key OpenRouter reports its fee as `cost` and what upstream takes apart from it.
  const upstream = usage.is_byok ? amount(fields(usage.cost_details).upstream_inference_cost) : 0
  if (fee !== undefined && upstream !== undefined) reply.usd = fee + upstream
}

function measure(reply: Reply, prompt: unknown, completion: unknown, unitsPerSecond: number): void {
  const { input, output, cacheRead = 0 } = reply.usage
  const rate = (tokens: number | undefined, time: number | undefined) =>
    tokens && time ? (tokens / time) * unitsPerSecond : undefined
  const read = input === undefined ? undefined : input - cacheRead
  reply.measured.promptRate = rate(read, amount(prompt)) ?? reply.measured.promptRate
  reply.measured.rate = rate(output, amount(completion)) ?? reply.measured.rate
}

/** llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
function takeTimings(timings: Fields, reply: Reply): void {
  reply.measured.promptRate = amount(timings.prompt_per_second) ?? reply.measured.promptRate
  reply.measured.rate = amount(timings.predicted_per_second) ?? reply.measured.rate
  const [cached, read, written] = [timings.cache_n, timings.prompt_n, timings.predicted_n].map(count)
  if (cached !== undefined && reply.usage.cacheRead === undefined) {
    reply.usage = { ...reply.usage, cacheRead: cached }
  }
  // Without `stream_options` it sends no usage, but the same counts here.
  if (reply.usage.input === undefined && read !== undefined) {
    reply.usage = known<Usage>({ ...reply.usage, input: read + (cached ?? 0), output: written })
  }
}

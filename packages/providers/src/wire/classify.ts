import type { ProviderErrorCode } from '../errors.js'
import type { ErrorDetail } from './detail.js'

/** The class of an error reply, by its status and by what it says. Words beat a status that says less. */
export function classify(status: number, { type, message }: ErrorDetail): ProviderErrorCode {
  if (status === 402 || broke.test(type) || outOfMoney.test(message)) return 'spend_cap'
  if (status >= 400 && status !== 429 && filtered.test(`${type} ${message}`)) return 'content_filter'
  if (noKey.test(`${type} ${message}`)) return 'auth'
  if (sized.has(status) && tooLong.test(`${type} ${message}`)) return 'context_length'
  if (toolless.test(message)) return 'no_tools'
  if (status >= 429 && busy.test(`${type} ${message}`)) return 'overloaded'
  return byStatus[status] ?? (status >= 500 ? 'server' : 'bad_request')
}

/** An error inside a reply names its class, not a status: the status that the same class has outside. */
export const statusOf = ({ status, type }: ErrorDetail): number =>
  status ?? statusByType.find(([pattern]) => pattern.test(type))?.[1] ?? 500

const byStatus: Readonly<Record<number, ProviderErrorCode>> = {
  401: 'auth',
  403: 'permission',
  404: 'not_found',
  407: 'auth',
  408: 'timeout',
  // "Try again": two requests met, or what it leans on failed.
  409: 'server',
  410: 'not_found',
  413: 'context_length',
  424: 'server',
  425: 'server',
  429: 'rate_limit',
  498: 'overloaded',
  499: 'server',
  503: 'overloaded',
  529: 'overloaded',
}

const statusByType: readonly (readonly [RegExp, number])[] = [
  [/authentication|unauthenticated|invalid_api_key/i, 401],
  [/permission/i, 403],
  [/not_?found/i, 404],
  [/rate_?limit|resource_exhausted|too_?many_?requests/i, 429],
  [/overloaded|unavailable|slow_down/i, 529],
  [
    /invalid_?(request|argument|prompt)|bad_?request|context_length|content_filter|validation|failed_precondition/i,
    400,
  ],
  [/timeout|deadline_exceeded/i, 504],
]

/** Statuses that a prompt too long comes with; gateways hide their upstream's 400 behind a 500. */
const sized = new Set([400, 413, 422, 500])

const broke = /insufficient_quota|billing|credit_?balance|spend_?limit|payment_required|insufficient_credits/i
const outOfMoney =
  /credit balance is too low|reached your specified .*usage limit|insufficient (credits|balance|funds)|(exceeded|used up|run out of|out of) (all )?(your )?(monthly )?(included )?(usage )?credits|key limit exceeded|doesn't have any credits|spend(ing)? limit/i
const filtered =
  /content_?(filter|policy)|content management policy|responsibleai|moderation|flagged|blocked by content|usage polic|safety system|prohibited_content/i
const noKey = /invalid_api_key|api_key_invalid|api key not valid|incorrect api key/i
const tooLong =
  /context_length_exceeded|exceed_context_size|prompt is too long|maximum context length|context ?(window|length|size)|too many (input )?tokens|input is too long|input length|inputs` tokens|maximum (number of )?tokens allowed|exceeds the maximum number of tokens/i
/** Ollama, OpenRouter, vLLM, llama.cpp and gateways, in this order. */
const toolless =
  /does not support (?:tools|tool (?:use|calling|calls)|function calling)|no endpoints found that support tool use|--enable-auto-tool-choice|tools param requires --jinja|(?:tools?|tool (?:use|calling)|function calling) (?:is|are) not (?:supported|enabled)/i
const busy = /overloaded|engine_overloaded|slow_down|at capacity|over capacity|capacity_exceeded/i

import type { FinishReason } from '../../spec.js'
import { fields, json, list } from '../../wire/loose.js'
import { type Complaint, type Format, type Said, sse, wordsOf } from './format.js'
import { refusedByGemini } from './refusals.js'

const finishes: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  // Gemini has no word of its own for it.
  tool_calls: 'STOP',
  refusal: 'SAFETY',
  other: 'OTHER',
}

/** Google's Gemini API, `streamGenerateContent?alt=sse`: https://ai.google.dev/api/generate-content */
export const gemini: Format = {
  name: 'gemini',
  contentType: 'text/event-stream',
  wanted(path, body) {
    const { contents, systemInstruction } = fields(body)
    const last = list(contents).findLast((content) => fields(content).role !== 'model')
    return {
      model: /models\/([^:/?]+)/.exec(path)?.[1] ?? '',
      prompt: wordsOf(fields(last).parts),
      chars: JSON.stringify([systemInstruction, contents]).length,
      stream: path.includes(':streamGenerateContent'),
    }
  },
  refusal: refusedByGemini,
  stream(said) {
    const parts = partsOf(said)
    return [
      ...parts.map((part) => sse(chunk(said, [part]))),
      sse({ ...chunk(said, [{ text: '' }], finishes[said.finish]), usageMetadata: usageOf(said) }),
    ]
  },
  whole: (said) => ({
    ...chunk(said, partsOf(joined(said)), finishes[said.finish]),
    usageMetadata: usageOf(said),
  }),
  error: errorOf,
  late: (complaint) => sse(errorOf(complaint)),
}

const joined = (said: Said): Said => ({
  ...said,
  text: said.text.length > 0 ? [said.text.join('')] : [],
  reasoning: said.reasoning.length > 0 ? [said.reasoning.join('')] : [],
})

const partsOf = (said: Said): readonly object[] => [
  ...said.reasoning.map((text) => ({ text, thought: true })),
  ...said.text.map((text) => ({ text })),
  ...said.toolCalls.map(({ name, arguments: args }) => ({ functionCall: { name, args: json(args) ?? {} } })),
]

const chunk = ({ model }: Said, parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...(finishReason ? { finishReason } : {}) }],
  modelVersion: model,
  responseId: 'mock',
})

const usageOf = ({ usage }: Said) => ({
  promptTokenCount: usage.input,
  candidatesTokenCount: usage.output - (usage.reasoning ?? 0),
  ...(usage.reasoning === undefined ? {} : { thoughtsTokenCount: usage.reasoning }),
  totalTokenCount: usage.input + usage.output,
})

function errorOf({ status, message }: Complaint) {
  return {
    error: {
      code: status,
      message,
      status: words[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
    },
  }
}

const words: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

import { chatProvider } from '../wire/chat-provider.js'
import { count, fields, known } from '../wire/loose.js'

/** A llama.cpp server: https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const provider = chatProvider({
  name: 'llama-cpp',
  local: true,
  keyVariable: 'LLAMA_API_KEY',
  endpoint: 'http://127.0.0.1:8080/v1',
  advice: {
    connect: 'Start it with `llama-server -m MODEL.gguf`, or set the endpoint to where it runs.',
  },
  info: ({ meta }) =>
    known({
      // What it runs with, where it tells; else what the model was trained for.
      contextLength: count(fields(meta).n_ctx) ?? count(fields(meta).n_ctx_train),
      supports: { temperature: true, seed: true, stop: true, logprobs: true },
    }),
})

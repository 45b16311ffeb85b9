import { chatProvider } from '../wire/chat-provider.js'
import { count, known } from '../wire/loose.js'

/** A vLLM server: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const provider = chatProvider({
  name: 'vllm',
  local: true,
  keyVariable: 'VLLM_API_KEY',
  endpoint: 'http://127.0.0.1:8000/v1',
  advice: {
    connect: 'Start it with `vllm serve MODEL`, or set the endpoint to where it runs.',
    not_found:
      'It serves the models that `bench models --providers vllm` lists, by the name it was started with.',
  },
  info: ({ max_model_len }) =>
    known({
      contextLength: count(max_model_len),
      supports: { temperature: true, seed: true, stop: true, logprobs: true },
    }),
})

import { chatProvider } from '../wire/chat-provider.js'

/** LM Studio's server: https://lmstudio.ai/docs/developer/openai-compat */
export const provider = chatProvider({
  name: 'lmstudio',
  local: true,
  endpoint: 'http://127.0.0.1:1234/v1',
  advice: {
    connect: 'Start it with `lms server start`, or set the endpoint to where it runs.',
    not_found: 'Load it: lms load MODEL',
  },
  info: (row) =>
    /embed/i.test(`${row.id}`) ? undefined : { supports: { temperature: true, seed: true, stop: true } },
})

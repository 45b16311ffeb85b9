import { chatProvider } from '../wire/chat-provider.js'

/**
 * Any server that speaks OpenAI's chat completions: text-generation-inference, and hosted ones such as Groq, DeepSeek,
 * Mistral or Together. The endpoint is its base URL, mostly ending in `/v1`. The key is optional. On a private host it
 * counts as local and costs nothing; elsewhere its price is looked up by the endpoint.
 */
export const provider = chatProvider({ name: 'openai-compatible' })

import { provider } from '@bench/providers'
import { dialects, testModel } from '@bench/providers/testing'

const make =
  (name: string, model: string, path = '') =>
  async (endpoint: string, settings: object) =>
    (await provider(name)).model(model, { ...settings, endpoint: endpoint + path })

testModel('anthropic', make('anthropic', 'claude-haiku-4-5'), { dialect: dialects.messages })
testModel('openai', make('openai', 'gpt-4o-mini', '/v1'), { dialect: dialects.chat })
testModel('openrouter', make('openrouter', 'openai/gpt-4o-mini', '/api/v1'), { dialect: dialects.chat })
testModel('openai by the Responses API', make('openai', 'gpt-5-pro', '/v1'), {
  dialect: dialects.responses,
  skip: { 'temperature 0 is sent': 'the models that need this API take none' },
})
testModel('gemini', make('gemini', 'gemini-2.5-flash', '/v1beta'), { dialect: dialects.gemini })
for (const name of ['huggingface', 'vllm', 'llama-cpp', 'lmstudio']) {
  testModel(name, make(name, 'm', '/v1'), { dialect: dialects.chat })
}
testModel('openai-compatible', make('openai-compatible', 'm', '/v1'), { dialect: dialects.chat })
testModel('ollama', make('ollama', 'llama3.2'), { dialect: dialects.ollama })

for (const control of ['oracle', 'null', 'echo']) testModel(control, make(control, ''))

/** Servers of OpenAI's dialect by a name that people know. */
const aliases: Readonly<Record<string, string>> = { local: 'openai-compatible' }

/** A provider, or a model with its provider, by the name that the provider has here: `local:m` is `openai-compatible:m`. */
export function byOwnName(named: string): string {
  const [provider = '', ...model] = named.split(':')
  return [aliases[provider] ?? provider, ...model].join(':')
}

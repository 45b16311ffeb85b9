/** Settings that a model is known to refuse or to pass over, so that nobody need ask it to find out. */

interface KnownRefusal {
  readonly provider: string
  readonly models: RegExp
  /** As the request's body has them. */
  readonly settings: readonly string[]
  readonly source: string
}

/** What is not here is learned from the first refusal; a row saves that one request. */
const refusals: readonly KnownRefusal[] = [
  {
    provider: 'openai',
    // From gpt-5.1 on they take sampling settings again while they do not reason.
    models: /^(o\d|gpt-5(?!\.|.*chat))/,
    settings: ['temperature', 'top_p'],
    source: 'https://platform.openai.com/docs/guides/reasoning',
  },
  {
    provider: 'anthropic',
    models: /^claude-(opus-4-[7-9]|(opus|sonnet|haiku)-([5-9]|\d{2})(-|$))/,
    settings: ['temperature', 'top_p'],
    source: 'https://platform.claude.com/docs/en/about-claude/models/migration-guide',
  },
  {
    // Passed over in silence.
    provider: 'openrouter',
    models: /^anthropic\/claude-(4\.[7-9]-opus|opus-4\.[7-9])/,
    settings: ['temperature', 'top_p'],
    source: 'https://openrouter.ai/docs/guides/evaluate-and-optimize/model-migrations/claude-4-7',
  },
]

/** Names of the settings, as the request's body has them. */
export const knownRefusals = (provider: string, model: string): readonly string[] =>
  refusals
    .filter((known) => known.provider === provider && known.models.test(model))
    .flatMap(({ settings }) => settings)

import { amount, count, listed, onOff, text } from '../kinds.js'

const longest = 86_400

/** Who is asked, and by which settings. */
export const models = {
  providers: {
    flags: '-p, --providers <list>',
    kind: listed,
    about: 'providers or provider:model, comma-separated (default: what is available)',
    example: '[anthropic, ollama:qwen3:8b]',
  },
  model: {
    flags: '-m, --model <list>',
    kind: listed,
    about: 'models for the providers that name none',
    only: 'flag and environment',
  },
  endpoint: {
    flags: '--endpoint <url>',
    kind: text,
    about: 'base URL for openai-compatible (or another endpoint for the provider named)',
    secret: true,
    example: 'http://localhost:8000/v1',
  },
  replies: {
    flags: '--replies <file>',
    kind: text,
    about: 'recorded completions for the replay provider (JSONL)',
    example: 'recorded.jsonl',
  },
  temperature: { flags: '--temperature <t>', kind: amount(0, 2), about: '0 to 2', example: '0' },
  maxTokens: { flags: '--max-tokens <n>', kind: count(1), about: 'most tokens of a reply', example: '1024' },
  strictSettings: {
    flags: '--strict-settings',
    kind: onOff,
    about: 'a setting that a model does not take is an error, not left out with a warning',
  },
  timeout: {
    flags: '--timeout <s>',
    kind: amount(0.001, longest),
    about: 'seconds for one call',
    example: '120',
  },
  timeoutHeaders: {
    flags: '--timeout-headers <s>',
    kind: amount(0.001, longest),
    about: 'seconds until a reply begins (default: 300; a local model 600)',
    example: '300',
  },
  timeoutFirstToken: {
    flags: '--timeout-first-token <s>',
    kind: amount(0.001, longest),
    about: 'seconds until its first token (default: 300; a local model 600)',
    example: '300',
  },
  timeoutIdle: {
    flags: '--timeout-idle <s>',
    kind: amount(0.001, longest),
    about: 'seconds of silence in mid-reply (default: 60)',
    example: '60',
  },
  maxRetries: {
    flags: '--max-retries <n>',
    kind: count(0, 10),
    about: 'tries of a call beyond the first, 0 to 10 (default: 3)',
    also: ['retries'],
    example: '3',
  },
  retryDelay: {
    flags: '--retry-delay <s>',
    kind: amount(0, 60),
    about: 'the first wait between two tries at most, doubled each time (default: 2)',
    example: '2',
  },
} as const

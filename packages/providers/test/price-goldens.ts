import type { Usage } from '@bench/providers'

/** What one call costs, worked out by hand from the vendor's published price. */
export interface Golden {
  readonly provider: string
  readonly model: string
  readonly usage: Usage
  /** When it was called, and the day the page's price is of; 15 January 2026 where absent. */
  readonly at?: string
  readonly batch?: boolean
  readonly usd: number
  /** How it is worked out: thousands of tokens × dollars per million. */
  readonly sum: string
  readonly page: string
}

const M = 1_000_000

type Row = readonly [
  model: string,
  usage: Usage,
  usd: number,
  sum: string,
  more?: Partial<Pick<Golden, 'at' | 'batch' | 'provider'>>,
]

const of = (provider: string, page: string, rows: readonly Row[]): readonly Golden[] =>
  rows.map(([model, usage, usd, sum, more]) => ({ provider, model, usage, usd, sum, page, ...more }))

const batch = { batch: true }

const anthropic = of('anthropic', 'https://docs.claude.com/en/docs/about-claude/pricing', [
  ['claude-opus-4-5-20251101', { input: M, output: M }, 30, '1,000k × 5 + 1,000k × 25'],
  [
    'claude-opus-4-1-20250805',
    { input: 20_000, cacheWrite: 8000, cacheWrite1h: 8000, output: 1500 },
    0.5325,
    '12k × 15 + 8k for an hour × 30 + 1.5k × 75',
  ],
  ['claude-sonnet-4-5', { input: 1000, output: 1000 }, 0.018, '1k × 3 + 1k × 15'],
  [
    'claude-sonnet-4-5',
    { input: 100_000, cacheRead: 50_000, cacheWrite: 10_000, output: 2000 },
    0.2025,
    '40k × 3 + 50k read × 0.30 + 10k written × 3.75 + 2k × 15',
  ],
  [
    'claude-sonnet-4-5',
    { input: 30_000, cacheRead: 4000, cacheWrite: 20_000, cacheWrite1h: 5000, output: 800 },
    0.11745,
    '6k × 3 + 4k read × 0.30 + 15k written × 3.75 + 5k for an hour × 6 + 0.8k × 15',
  ],
  ['claude-sonnet-4-5-20250929', { input: 200_000, output: 1000 }, 0.615, '200k × 3 + 1k × 15: not yet long'],
  [
    'claude-sonnet-4-5-20250929',
    { input: 200_001, output: 1000 },
    1.222506,
    '200.001k × 6 + 1k × 22.50: long',
  ],
  [
    'claude-sonnet-4-5',
    { input: 300_000, cacheRead: 250_000, output: 2000 },
    0.495,
    '50k × 6 + 250k read × 0.60 + 2k × 22.50',
  ],
  ['claude-sonnet-4-20250514', { input: 5000, output: 700 }, 0.0255, '5k × 3 + 0.7k × 15'],
  [
    'claude-3-7-sonnet-20250219',
    { input: 2000, output: 9000, reasoning: 8200 },
    0.141,
    '2k × 3 + 9k × 15, thinking among them',
  ],
  ['claude-haiku-4-5', { input: 17, output: 10 }, 0.000067, '0.017k × 1 + 0.01k × 5'],
  [
    'claude-3-5-haiku-20241022',
    { input: 10_000, cacheRead: 9000, output: 500 },
    0.00352,
    '1k × 0.80 + 9k read × 0.08 + 0.5k × 4',
  ],
  ['claude-3-haiku-20240307', { input: M, output: M }, 1.5, '1,000k × 0.25 + 1,000k × 1.25'],
  ['claude-3-opus-20240229', { input: 1000, output: 100 }, 0.0225, '1k × 15 + 0.1k × 75'],
  ['claude-sonnet-4-5', { input: 10_000, output: 2000 }, 0.03, 'half of 10k × 3 + 2k × 15', batch],
  [
    'claude-opus-4-5',
    { input: 100_000, cacheRead: 80_000, output: 4000 },
    0.12,
    'half of 20k × 5 + 80k read × 0.50 + 4k × 25',
    batch,
  ],
  ['claude-3-5-haiku-latest', { input: M, output: M }, 2.4, '1,000k × 0.40 + 1,000k × 2', batch],
])

const openai = of('openai', 'https://platform.openai.com/docs/pricing', [
  ['gpt-4o-mini', { input: 87, output: 26 }, 0.00002865, '0.087k × 0.15 + 0.026k × 0.60'],
  ['gpt-4o-mini-2024-07-18', { input: M, cacheRead: M, output: 0 }, 0.075, '1,000k cached × 0.075'],
  ['gpt-4o', { input: 2000, output: 500 }, 0.01, '2k × 2.50 + 0.5k × 10'],
  ['gpt-4o-2024-05-13', { input: 2000, output: 500 }, 0.0175, '2k × 5 + 0.5k × 15'],
  ['gpt-4o', { input: 0, output: 0 }, 0, 'nothing in, nothing out: a price, not an unknown'],
  [
    'gpt-5.1',
    { input: 8000, output: 1000, reasoning: 900 },
    0.02,
    '8k × 1.25 + 1k × 10, reasoning among them',
  ],
  ['gpt-5-2025-08-07', { input: 4000, output: 500 }, 0.01, '4k × 1.25 + 0.5k × 10'],
  ['gpt-5-nano', { input: M, output: M }, 0.45, '1,000k × 0.05 + 1,000k × 0.40'],
  [
    'gpt-5-mini',
    { input: 12_000, cacheRead: 10_240, output: 3000 },
    0.006696,
    '1.76k × 0.25 + 10.24k cached × 0.025 + 3k × 2',
  ],
  [
    'gpt-5.2-2025-12-11',
    { input: 50_000, cacheRead: 40_000, output: 5000 },
    0.0945,
    '10k × 1.75 + 40k cached × 0.175 + 5k × 14',
  ],
  ['gpt-5-pro', { input: 1000, output: 2000 }, 0.255, '1k × 15 + 2k × 120'],
  [
    'gpt-4.1',
    { input: M, cacheRead: 500_000, output: 10_000 },
    1.33,
    '500k × 2 + 500k cached × 0.50 + 10k × 8',
  ],
  ['gpt-4.1-mini', { input: 10_000, output: 1000 }, 0.0056, '10k × 0.40 + 1k × 1.60'],
  ['gpt-4.1-nano', { input: 123_456, output: 7890 }, 0.0155016, '123.456k × 0.10 + 7.89k × 0.40'],
  ['o3', { input: 1000, output: 4000, reasoning: 3840 }, 0.034, '1k × 2 + 4k × 8, reasoning among them'],
  [
    'o3',
    { input: 1000, output: 4000 },
    0.17,
    '1k × 10 + 4k × 40, before the price cut',
    { at: '2025-05-01T12:00:00Z' },
  ],
  [
    'o3-2025-04-16',
    { input: 10_000, cacheRead: 8000, output: 1000 },
    0.08,
    '2k × 10 + 8k cached × 2.50 + 1k × 40, before the price cut',
    { at: '2025-05-01T12:00:00Z' },
  ],
  [
    'o4-mini',
    { input: 3000, cacheRead: 1024, output: 2000 },
    0.0112552,
    '1.976k × 1.10 + 1.024k cached × 0.275 + 2k × 4.40',
  ],
  ['o3-mini', { input: 1000, output: 1000, reasoning: 704 }, 0.0055, '1k × 1.10 + 1k × 4.40'],
  ['o1', { input: 500, output: 1000 }, 0.0675, '0.5k × 15 + 1k × 60'],
  ['gpt-4-turbo', { input: 1000, output: 1000 }, 0.04, '1k × 10 + 1k × 30'],
  ['gpt-4', { input: 1000, output: 1000 }, 0.09, '1k × 30 + 1k × 60'],
  ['gpt-3.5-turbo', { input: M, output: M }, 2, '1,000k × 0.50 + 1,000k × 1.50'],
  ['gpt-5', { input: 10_000, output: 1000 }, 0.01125, '10k × 0.625 + 1k × 5', batch],
  ['gpt-4o-mini', { input: M, output: M }, 0.375, '1,000k × 0.075 + 1,000k × 0.30', batch],
])

const gemini = of('gemini', 'https://ai.google.dev/gemini-api/docs/pricing', [
  ['gemini-2.5-pro', { input: 10_000, output: 1000 }, 0.0225, '10k × 1.25 + 1k × 10'],
  ['gemini-2.5-pro', { input: 200_000, output: 1000 }, 0.26, '200k × 1.25 + 1k × 10: not yet long'],
  ['gemini-2.5-pro', { input: 200_001, output: 1000 }, 0.5150025, '200.001k × 2.50 + 1k × 15: long'],
  [
    'models/gemini-2.5-flash',
    { input: 20_000, output: 3000, reasoning: 2500 },
    0.0135,
    '20k × 0.30 + 3k × 2.50, thinking among them',
  ],
  [
    'gemini-2.5-flash',
    { input: 10_000, cacheRead: 9000, output: 100 },
    0.00082,
    '1k × 0.30 + 9k cached × 0.03 + 0.1k × 2.50',
  ],
  ['gemini-2.5-flash-lite', { input: M, output: M }, 0.5, '1,000k × 0.10 + 1,000k × 0.40'],
  [
    'gemini-2.0-flash',
    { input: 10_000, cacheRead: 4000, output: 1000 },
    0.0011,
    '6k × 0.10 + 4k cached × 0.025 + 1k × 0.40',
  ],
  ['gemini-3-pro-preview', { input: 1000, output: 1000 }, 0.014, '1k × 2 + 1k × 12'],
  ['gemini-2.5-pro', { input: 10_000, output: 1000 }, 0.01125, '10k × 0.625 + 1k × 5', batch],
  ['gemma-3-27b-it', { input: M, output: M }, 0, 'free of charge, no paid tier'],
])

const deepseek = of('https://api.deepseek.com', 'https://api-docs.deepseek.com/quick_start/pricing', [
  [
    'deepseek-chat',
    { input: M, output: M },
    1.37,
    '1,000k × 0.27 + 1,000k × 1.10',
    { at: '2025-06-01T12:00:00Z' },
  ],
  [
    'deepseek-chat',
    { input: M, output: M },
    0.685,
    '1,000k × 0.135 + 1,000k × 0.55, by night',
    { at: '2025-06-01T20:00:00Z' },
  ],
  [
    'deepseek-reasoner',
    { input: M, output: M },
    2.24,
    '1,000k × 0.56 + 1,000k × 1.68',
    { at: '2025-09-10T20:00:00Z' },
  ],
  [
    'deepseek-chat',
    { input: M, cacheRead: 500_000, output: 100_000 },
    0.196,
    '500k × 0.28 + 500k hit × 0.028 + 100k × 0.42',
    { at: '2025-12-10T20:00:00Z' },
  ],
  [
    'deepseek-reasoner',
    { input: M, cacheRead: 900_000, output: 10_000 },
    0.01932,
    '100k × 0.14 + 900k hit × 0.0028 + 10k × 0.28',
    { at: '2026-05-22T12:00:00Z' },
  ],
])

const others = [
  ...of('https://api.groq.com/openai/v1', 'https://groq.com/pricing', [
    ['llama-3.3-70b-versatile', { input: M, output: M }, 1.38, '1,000k × 0.59 + 1,000k × 0.79'],
    ['llama-3.1-8b-instant', { input: M, output: M }, 0.13, '1,000k × 0.05 + 1,000k × 0.08'],
  ]),
  ...of('https://api.x.ai/v1', 'https://docs.x.ai/docs/models', [
    [
      'grok-4',
      { input: 10_000, cacheRead: 2000, output: 1000 },
      0.0405,
      '8k × 3 + 2k cached × 0.75 + 1k × 15',
    ],
    ['grok-code-fast-1', { input: 10_000, output: 1000 }, 0.0035, '10k × 0.20 + 1k × 1.50'],
  ]),
  ...of('https://api.mistral.ai/v1', 'https://mistral.ai/pricing', [
    ['mistral-large-2411', { input: 1000, output: 1000 }, 0.008, '1k × 2 + 1k × 6'],
    ['mistral-large-latest', { input: 1000, output: 1000 }, 0.002, '1k × 0.50 + 1k × 1.50'],
    ['codestral-2508', { input: M, output: M }, 1.2, '1,000k × 0.30 + 1,000k × 0.90'],
  ]),
  ...of('openrouter', 'https://openrouter.ai/models', [
    ['anthropic/claude-sonnet-4.5', { input: 10_000, output: 1000 }, 0.045, '10k × 3 + 1k × 15'],
    ['anthropic/claude-sonnet-4.5:nitro', { input: 10_000, output: 1000 }, 0.045, '10k × 3 + 1k × 15'],
    ['anthropic/claude-3.7-sonnet:beta', { input: 1000, output: 1000 }, 0.018, '1k × 3 + 1k × 15'],
    ['openai/gpt-4o-mini', { input: M, output: M }, 0.75, '1,000k × 0.15 + 1,000k × 0.60'],
    ['deepseek/deepseek-r1:free', { input: M, output: M }, 0, 'free'],
  ]),
  ...of(
    'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1',
    'https://aws.amazon.com/bedrock/pricing/',
    [
      [
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        { input: 1000, output: 1000 },
        0.0198,
        '1k × 3.30 + 1k × 16.50: within one region',
      ],
      [
        'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
        { input: 1000, output: 1000 },
        0.018,
        '1k × 3 + 1k × 15',
      ],
    ],
  ),
  ...of(
    'https://mine.openai.azure.com/openai/v1',
    'https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/',
    [['gpt-4o', { input: 2000, output: 500 }, 0.01, '2k × 2.50 + 0.5k × 10']],
  ),
  ...of('huggingface', 'https://huggingface.co/inference/models', [
    [
      'meta-llama/Llama-3.3-70B-Instruct:groq',
      { input: M, output: M },
      1.38,
      '1,000k × 0.59 + 1,000k × 0.79',
    ],
  ]),
]

export const goldens: readonly Golden[] = [...anthropic, ...openai, ...gemini, ...deepseek, ...others]

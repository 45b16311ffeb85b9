import { amount, count, listed, onOff, text, time } from '../kinds.js'

/** What ends a run before its end, and what it may cost. */
export const bounds = {
  yes: {
    flags: '-y, --yes',
    kind: onOff,
    about: 'do not ask before spending',
    only: 'flag and environment',
  },
  maxCost: {
    flags: '--max-cost <usd>',
    kind: amount(0),
    about: 'stop before more than this is spent',
    example: '5',
  },
  price: {
    flags: '--price <list>',
    kind: listed,
    about: 'what a model costs: provider:model=IN/OUT, dollars per million tokens',
    example: '[openai:gpt-5-mini=0.25/2]',
  },
  prices: {
    flags: '--prices <file>',
    kind: text,
    about: 'prices by model id, JSON: in, out, cached, reasoning, per request, tiers',
    example: 'prices.json',
  },
  allowUnpriced: {
    flags: '--allow-unpriced',
    kind: onOff,
    about: 'with --max-cost: also ask models whose price is unknown',
  },
  maxTime: { flags: '--max-time <time>', kind: time, about: 'stop after this long: 90 (seconds), 30m, 2h' },
  maxErrors: {
    flags: '--max-errors <n>',
    kind: count(1),
    about: 'stop at this many attempts that fail for no fault of the model',
    example: '20',
  },
  continueOnFailure: {
    flags: '--no-continue-on-failure',
    kind: onOff,
    about: 'stop at the first of them',
    default: true,
  },
} as const

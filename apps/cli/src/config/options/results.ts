import { amount, oneOf, onOff, text } from '../kinds.js'

/** What comes out. */
export const results = {
  output: {
    flags: '-o, --output <dir>',
    kind: text,
    about: 'where runs are kept',
    default: './bench-results',
    also: ['output_dir'],
    example: './bench-results',
  },
  export: {
    flags: '-e, --export <format>',
    kind: oneOf('json', 'csv', 'both'),
    about: 'result files',
    default: 'both',
  },
  failUnder: {
    flags: '--fail-under <percent>',
    kind: amount(0, 100),
    about: 'exit 1 if a model scores less',
    example: '80',
  },
  allowSelfJudged: {
    flags: '--allow-self-judged',
    kind: onOff,
    about: 'count attempts whose verdict the answer could have had a hand in',
  },
  display: {
    flags: '--display <how>',
    kind: oneOf('full', 'plain', 'none'),
    about: 'progress: full, plain lines, or none (default: full on a terminal)',
  },
  json: {
    flags: '--json',
    kind: onOff,
    about: 'print NDJSON events to standard output and nothing else',
    only: 'flag',
  },
} as const

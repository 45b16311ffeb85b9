import { onOff, text } from '../kinds.js'

/** What is of one start alone. */
export const session = {
  config: {
    flags: '--config <file>',
    kind: text,
    about: 'read settings from this file (default: bench.config.yaml, .json, .ts … here)',
    only: 'flag and environment',
  },
  resume: {
    flags: '--resume <run>',
    kind: text,
    about: 'go on with a run: its id or folder; finished attempts are not repeated',
    only: 'flag',
  },
  dryRun: {
    flags: '--dry-run',
    kind: onOff,
    about: 'print the plan and its price, ask no model',
    only: 'flag',
  },
} as const

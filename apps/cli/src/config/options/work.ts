import { amount, atOnce, count, listed, named, onOff, text } from '../kinds.js'

/** How models are asked, and their replies judged. */
export const work = {
  solver: {
    flags: '--solver <name|file>',
    kind: text,
    about: 'single, refine (the model sees its failing checks), agent (it has tools), or a module',
    default: 'single',
    example: 'refine',
  },
  rounds: {
    flags: '--rounds <n>',
    kind: count(0, 100),
    about: 'of refine: rounds in which the model sees what failed',
    example: '3',
  },
  maxIterations: {
    flags: '--max-iterations <n>',
    kind: count(1, 1000),
    about: 'of agent: turns with tools at most (default: 10)',
    example: '10',
  },
  solverOptions: {
    flags: '--solver-option <key=value>',
    kind: named,
    about: 'an option of the solver (repeatable); of agent: max-messages, max-seconds, max-cost-usd …',
    example: '{ max_messages: 40 }',
  },
  scorer: {
    flags: '--scorer <name|file>',
    kind: listed,
    about: "judge by this scorer instead of the tasks' own",
    example: '[contains]',
  },
  sandbox: {
    flags: '--sandbox <driver>',
    kind: text,
    about: 'docker, bubblewrap or wasm; process runs code UNPROTECTED (default: the strongest)',
    example: 'bubblewrap',
  },
  preflight: {
    flags: '--no-preflight',
    kind: onOff,
    about: "do not try the dataset's references before models are asked",
    default: true,
  },
  concurrency: {
    flags: '-c, --concurrency <n|from-to>',
    kind: atOnce,
    about:
      'requests under way at once to one provider: 8, or found out within 4-64 (default: 5-32; Ollama 1)',
  },
  requestDelay: {
    flags: '--request-delay <ms>',
    kind: amount(0, 3_600_000),
    about: 'milliseconds between two requests to one provider, at least',
    also: ['request_delay_ms'],
    example: '250',
  },
  judges: {
    flags: '--judges <n>',
    kind: count(1, 1024),
    about: 'replies that are judged at once (default: as many as there are cores)',
    example: '2',
  },
  cache: {
    flags: '--cache',
    kind: onOff,
    about: 'keep and reuse replies of local models too (default: only of those that cost money)',
    off: 'ask anew, and keep no reply for other runs',
    // BENCH_CACHE is the folder.
    env: 'BENCH_CACHE_REPLIES',
  },
  cacheOnly: { flags: '--cache-only', kind: onOff, about: 'send nothing: what the cache lacks fails' },
  cacheDir: {
    flags: '--cache-dir <dir>',
    kind: text,
    about: "where replies are kept (default: BENCH_CACHE, or the user's cache folder)",
    example: './replies',
  },
  batch: {
    flags: '--batch',
    kind: onOff,
    about: 'hand the questions in as batches: half the price, answered within a day',
  },
  batchPoll: {
    flags: '--batch-poll <s>',
    kind: amount(0.01, 86_400),
    about: 'seconds between two looks at a batch, at most (default: 60)',
    example: '60',
  },
  queue: {
    flags: '--queue <url>',
    kind: text,
    about: 'postgres://… whose workers make the attempts (see bench worker)',
    secret: true,
    example: 'postgres://localhost/bench',
  },
} as const

import type { Completion } from '@bench/providers'

/** Stands where a scorer asks for the reply that an answer is from, and the answer is from none. */
export const noReply: Completion = {
  text: '',
  finish: 'stop',
  usage: {},
  timing: { startedAt: '', totalMs: 0 },
  tries: 0,
  warnings: [],
}

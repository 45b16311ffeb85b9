import { randomBytes } from 'node:crypto'
import type { JobEnd, JobProcess } from '@bench/sandbox'
import type { Outcome } from '../spec.js'
import { caps, parse } from './codec.js'
import { asRecord, type Failure } from './result.js'
import { memoryBytes } from './runtime.js'

/** Every frame of a result begins with it: what does not was written by other code than ours. */
export const newSeal = (): string => randomBytes(8).toString('hex')

export function process(program: string, payload: object, cpuSec: number, stdin?: string): JobProcess {
  return {
    program,
    payload: JSON.stringify(payload),
    cpuSec,
    memoryBytes,
    ...(stdin === undefined ? {} : { stdin }),
  }
}

/** Caught in the act: the candidate's process spoke with our program's voice, or spoke after it. */
export class Forged extends Error {
  override readonly name = 'Forged'
}

/**
 * The messages of a result, each in a frame of four bytes of length and JSON.
 * @param most how many may come
 * @throws Forged for more, for one without the seal, and for bytes that are no frame where the process came to its end
 * @throws Garbage for a message over the caps
 */
export function readResult(end: JobEnd, seal: string, most: number): Readonly<Record<string, unknown>>[] {
  const messages: Readonly<Record<string, unknown>>[] = []
  const view = Buffer.from(end.result.buffer, end.result.byteOffset, end.result.byteLength)
  let at = 0
  while (at + 4 <= view.length) {
    const next = at + 4 + view.readUInt32BE(at)
    if (next - at > caps.bytes + 4) throw new Forged('a result of a length that ours never has')
    if (next > view.length) break
    if (messages.length === most) throw new Forged('a second result came after the first')
    messages.push(sealed(view.subarray(at + 4, next), seal))
    at = next
  }
  if (at < view.length && end.reason === 'ok') throw new Forged('the result is followed by other bytes')
  return messages
}

function sealed(bytes: Uint8Array, seal: string): Readonly<Record<string, unknown>> {
  const begin = new TextDecoder().decode(bytes.subarray(0, seal.length + 11))
  if (!begin.startsWith(`{"seal":"${seal}"`)) throw new Forged('a result came that is not of our program')
  return asRecord(parse(bytes))
}

/** Why a process gave no answer, by how it ended. */
export function ending(end: JobEnd, limit: { readonly cpuSec: number; readonly wallSec: number }): Failure {
  const reasons: Readonly<Record<JobEnd['reason'], readonly [Exclude<Outcome, 'pass'>, string]>> = {
    ok: ['crash', 'the process ended without a result'],
    killed: [
      'crash',
      `the process was killed${end.signal === null ? '' : ` by ${end.signal}`} without a result`,
    ],
    timeout: ['time_limit', lateness(end, limit)],
    memory: ['memory', 'the memory limit was reached'],
    output_limit: ['output_limit', 'the output limit was reached'],
  }
  // Node ends itself where its heap is full, within what the kernel grants; Rust where it is granted no more.
  const full = /heap out of memory|memory allocation of \d+ bytes failed/
  if (end.reason === 'ok' && full.test(new TextDecoder().decode(end.stderr)))
    return { outcome: 'memory', error: 'the memory limit was reached' }
  const [outcome, error] = reasons[end.reason]
  if (end.reason === 'ok' && end.signal !== null)
    return { outcome, error: `${error}, ended by ${end.signal}` }
  return { outcome, error }
}

function lateness({ cpuMs }: JobEnd, { cpuSec, wallSec }: { cpuSec: number; wallSec: number }): string {
  const busy = cpuMs === undefined || cpuMs >= cpuSec * 900
  return busy ? `no result within ${cpuSec} s of CPU time` : `no result within ${wallSec} s`
}

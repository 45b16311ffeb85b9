import { availableParallelism } from 'node:os'
import type { IoCase, IoCode } from '@bench/datasets'
import { type ExecResult, type Files, type Sandbox, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { clip } from '../match.js'
import { compileProgram, pythonCommand, pythonProgram } from '../python.js'
import type { Score } from '../spec.js'
import { judgeCase, readCases, summarise } from './cases.js'
import { boxSpec, pythonOf } from './runtime.js'
import { aloneLimit, backstop } from './time.js'

/**
 * Judges code by what it returns or prints. Only inputs go into the box; what comes out is compared here. Each case
 * runs in fresh state, and counts as failed unless its own answer is there and right. A function is called twice on each
 * input and must be right both times: state must not leak from one call into the next.
 * @throws SandboxError where the box fails before any code of the candidate has run
 */
export async function judgeIo(
  spec: IoCode,
  source: string,
  driver: SandboxDriver,
  signal?: AbortSignal,
): Promise<Score> {
  const cases = readCases(spec)
  await using box = await driver.open(boxSpec)
  const runs = box.forks
    ? [await runTogether(box, spec, source, signal)]
    : await runApart(driver, await bytecode(driver, box), spec, source, signal)
  const outputs = runs.flatMap(({ blobs, reason }) => blobs.map((four) => ({ four, reason })))
  return summarise(
    cases,
    cases.map((one, i) => judgeCase(one, outputs[i]!.four, outputs[i]!.reason)),
  )
}

const compiled = new WeakMap<SandboxDriver, Promise<Files>>()

/** `cases.py` compiled, once for each driver. */
function bytecode(driver: SandboxDriver, box: Sandbox): Promise<Files> {
  const known = compiled.get(driver) ?? compileProgram(box, pythonOf(box), 'cases.py')
  compiled.set(driver, known)
  known.catch(() => compiled.delete(driver))
  return known
}

/** What a run gave: the four blobs of each of its cases, as far as they are there. */
interface Run {
  readonly blobs: readonly (readonly Uint8Array[])[]
  readonly reason: ExecResult['reason']
}

/** All cases in one run, which forks a child for each and holds each to its own time limit. */
async function runTogether(box: Sandbox, spec: IoCode, source: string, signal?: AbortSignal): Promise<Run> {
  await box.write(await pythonProgram('cases.py'))
  // A function is called twice, each time within the limit.
  const calls = spec.entryPoint === undefined ? 1 : 2
  const seconds = spec.cases.reduce((sum, one) => sum + calls * backstop(one.timeout), 0)
  const { reason, out } = await execute(
    box,
    'cases.py',
    job(spec, source, spec.cases, true),
    seconds * 1.1 + 10,
    signal,
  )
  const blobs = readBlobs(out)
  return { blobs: spec.cases.map((_, i) => blobs.slice(i * 4, i * 4 + 4)), reason }
}

/** Each case in a box of its own, a core each: what one leaves behind, files too, no other finds. */
async function runApart(
  driver: SandboxDriver,
  program: Files,
  spec: IoCode,
  source: string,
  signal?: AbortSignal,
): Promise<Run[]> {
  const runs: Run[] = []
  const waiting = spec.cases.entries()
  const worker = async () => {
    for (const [i, one] of waiting) {
      await using box = await driver.open(boxSpec)
      await box.write(program)
      runs[i] = await runAlone(box, spec, one, source, signal)
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker))
  for (const end of workers) if (end.status === 'rejected') throw end.reason
  return runs
}

/** One case. What a program prints comes raw, and the frames after it. */
async function runAlone(
  box: Sandbox,
  spec: IoCode,
  one: IoCase,
  source: string,
  signal?: AbortSignal,
): Promise<Run> {
  const given = spec.entryPoint === undefined ? String(one.input) : ''
  const stdin = job(spec, source, [one], false) + given
  const { reason, out } = await execute(box, 'cases.pyc', stdin, aloneLimit(one.timeout), signal)
  const size = Number.parseInt(new TextDecoder().decode(out.slice(-8)), 16)
  const at = Math.max(0, out.length - 8 - (Number.isInteger(size) ? size : 0))
  const [told, answer, again] = readBlobs(out.subarray(at, -8))
  return { blobs: [told && answer && again ? [told, answer, again, out.subarray(0, at)] : []], reason }
}

/** A length, a newline and that many bytes of JSON. */
function job(spec: IoCode, source: string, cases: readonly IoCase[], fork: boolean): string {
  const inputs = cases.map(({ input, timeout }) => ({ input, timeout, backstop: backstop(timeout) }))
  const body = JSON.stringify({ source, entry: spec.entryPoint, cases: inputs, fork })
  return `${Buffer.byteLength(body)}\n${body}`
}

/** Runs `cases.py` and gives what it wrote after the frame that comes before any code of the candidate. */
async function execute(
  box: Sandbox,
  program: string,
  stdin: string,
  timeoutSec: number,
  signal?: AbortSignal,
) {
  const result = await box.exec(pythonCommand(pythonOf(box), program), {
    stdin,
    limits: { timeoutSec, outputBytes: 64 << 20 },
    ...(signal ? { signal } : {}),
  })
  signal?.throwIfAborted()
  const { reason, stdout, stderr } = result
  const [hello] = readBlobs(stdout, 1)
  if (hello) return { reason, out: stdout.subarray(hello.length + 4) }
  const said = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? ''
  throw new SandboxError('failed', `the box ended before the code began (${reason}): ${clip(said, 300)}`)
}

/** Whole length-prefixed blobs from the beginning of some bytes. */
function readBlobs(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blobs: Uint8Array[] = []
  for (let at = 0; blobs.length < most && at + 4 <= bytes.length; ) {
    const end = at + 4 + view.getUint32(at)
    if (end > bytes.length) break
    blobs.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blobs
}

import type { ExecResult } from '../spec.js'
import type { WasmLanguage } from './package.js'
import type { WasmOutcome } from './pool.js'

/** How a run in WebAssembly ended, in the words of the seam. */
export function resultOf(language: WasmLanguage, outcome: WasmOutcome): ExecResult {
  const { stdout, stderr, ms, peakBytes } = outcome
  const seen = { stdout, stderr, ms, ...(peakBytes === undefined ? {} : { peakBytes }) }
  const died = { code: null, ...seen }
  switch (outcome.end) {
    case 'exit': {
      const code = outcome.code ?? 0
      // A memory that can grow no more is seen by the interpreter alone, and this is how it says so. QuickJS exits with 0
      // whatever was thrown.
      const said = language === 'python' ? /^MemoryError\b/.test(lastLine(stderr)) : outOfMemory(stderr)
      const reason = said && (code !== 0 || language === 'javascript') ? 'memory' : 'ok'
      return { reason, code, signal: null, ...seen }
    }
    case 'abort':
      return { reason: 'ok', signal: 'SIGABRT', ...died }
    case 'fault':
    case 'lost':
      return { reason: 'ok', signal: 'SIGSEGV', ...died }
    case 'out_of_memory':
      return { reason: 'memory', signal: 'SIGKILL', ...died }
    default:
      return { reason: outcome.end, signal: 'SIGKILL', ...died }
  }
}

function outOfMemory(stderr: Uint8Array): boolean {
  return /^InternalError: out of memory$/m.test(text(stderr.subarray(-4096)))
}

function lastLine(bytes: Uint8Array): string {
  return text(bytes.subarray(-4096)).trimEnd().split('\n').at(-1) ?? ''
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Reading and changing the sections of a WebAssembly binary (core specification 2.0, § 5.5). */
import { SandboxError } from '../errors.js'

/** A `WebAssembly.Module`: opaque to us, and shared with threads by sending it. */
export type CompiledModule = object

// Only the types of a browser declare this.
declare const WebAssembly: { compile(binary: Uint8Array): Promise<CompiledModule> } | undefined

/** False where Node runs without it (`--jitless`). */
export const hasWebAssembly = typeof WebAssembly !== 'undefined'

/** Compiles {@link limitMemory}'s module. */
export async function compileLimited(binary: Uint8Array, maximumBytes: number): Promise<CompiledModule> {
  if (WebAssembly === undefined) throw new SandboxError('unsupported', 'This Node has no WebAssembly.')
  return WebAssembly.compile(limitMemory(binary, maximumBytes))
}

/** WebAssembly memory is counted in pages of 64 KiB. */
export const pageBytes = 65_536

/**
 * Writes a maximum into a module's memory section: `memory.grow` past it fails, so that the code inside
 * sees an allocation fail as it would on a small machine. The engine enforces it, exactly.
 * Debug sections are left out: they are a third of the interpreter and nothing reads them.
 *
 * @param maximumBytes Rounded up to whole pages; at least what the module starts with, at most 2 GiB.
 * @throws SandboxError `failed` for what is no WebAssembly module with one memory of its own.
 */
export function limitMemory(binary: Uint8Array, maximumBytes: number): Uint8Array<ArrayBuffer> {
  if (Buffer.compare(binary.subarray(0, 8), preamble) !== 0) throw notAModule('no preamble')
  const parts: Uint8Array[] = [preamble]
  let found = false
  let at = preamble.length
  while (at < binary.length) {
    const id = binary[at] as number
    const size = readLeb(binary, at + 1)
    const start = size.end
    const end = start + size.value
    if (end > binary.length) throw notAModule('a section is cut short')
    if (id === section.memory) {
      const limited = memorySection(binary.subarray(start, end), maximumBytes)
      parts.push(Uint8Array.of(id, ...leb(limited.length)), limited)
      found = true
    } else if (id !== section.custom || !isDebug(binary, start)) {
      parts.push(binary.subarray(at, end))
    }
    at = end
  }
  if (!found) throw notAModule('it has no memory of its own')
  return Uint8Array.from(Buffer.concat(parts))
}

const preamble = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
const section = { custom: 0, memory: 5 }
const hasMaximum = 1

/** Past 2 GiB a pointer no longer fits the signed number that host functions are given. */
const mostPages = 2 ** 31 / pageBytes

function memorySection(body: Uint8Array, maximumBytes: number): Uint8Array {
  const count = readLeb(body, 0)
  if (count.value !== 1) throw notAModule(`it has ${count.value} memories`)
  const minimum = readLeb(body, count.end + 1)
  const pages = Math.min(mostPages, Math.max(minimum.value, Math.ceil(maximumBytes / pageBytes)))
  return Uint8Array.of(1, hasMaximum, ...leb(minimum.value), ...leb(pages))
}

function isDebug(binary: Uint8Array, start: number): boolean {
  const name = readLeb(binary, start)
  return Buffer.from(binary.subarray(name.end, name.end + name.value))
    .toString()
    .startsWith('.debug_')
}

/** LEB128, the format's variable-length unsigned integer. */
function leb(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return bytes
}

function readLeb(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) break
    value += (byte % 128) * 128 ** index
    if (byte < 128) return { value, end: start + index + 1 }
  }
  throw notAModule('a number is cut short')
}

function notAModule(why: string): SandboxError {
  return new SandboxError('failed', `The WebAssembly binary can't be limited: ${why}.`)
}

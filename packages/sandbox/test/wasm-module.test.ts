import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SandboxError } from '../src/errors.js'
import { compileLimited, limitMemory, pageBytes } from '../src/wasm/module.js'

interface Instance {
  readonly exports: { readonly m: { grow(pages: number): number; readonly buffer: ArrayBuffer } }
}
// Node's types do not name it.
const { Instance } = (
  globalThis as unknown as { WebAssembly: { Instance: new (module: object) => Instance } }
).WebAssembly

const custom = (name: string, bytes: number) => {
  const body = [name.length, ...Buffer.from(name), ...Array(bytes).fill(7)]
  return [0, body.length, ...body]
}
const preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const memory = [5, 3, 1, 0, 2]
const exported = [7, 5, 1, 1, 0x6d, 2, 0]
/** `(module (memory (export "m") 2))`, with a debug section and one of another kind. */
const binary = Uint8Array.from([
  ...preamble,
  ...memory,
  ...exported,
  ...custom('.debug_info', 60),
  ...custom('other', 3),
])

const bytesOf = async (limit: number) => {
  const { m } = new Instance(await compileLimited(binary, limit)).exports
  const most = Math.max(2, Math.ceil(limit / pageBytes))
  m.grow(most - 2)
  expect(() => m.grow(1)).toThrow(RangeError)
  return m.buffer.byteLength
}

describe('a memory limit', () => {
  test('holds to the page, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3 * pageBytes, max: 64 * 2 ** 20 }), async (limit) => {
        const bytes = await bytesOf(limit)
        expect(bytes).toBeGreaterThanOrEqual(limit)
        expect(bytes - limit).toBeLessThan(pageBytes)
      }),
      { numRuns: 30 },
    )
  })

  test('is never below what the module starts with', async () => {
    expect(await bytesOf(0)).toBe(2 * pageBytes)
  })

  test('is never above 2 GiB', () => {
    expect(limitMemory(binary, 1e12)).toEqual(limitMemory(binary, 2 ** 31))
  })

  test('takes the place of one that the module has', () => {
    const limited = limitMemory(binary, 10 * pageBytes)
    expect(limitMemory(limitMemory(binary, 4 * pageBytes), 10 * pageBytes)).toEqual(limited)
  })

  test('leaves out debug sections and nothing else', () => {
    const text = Buffer.from(limitMemory(binary, 4 * pageBytes)).toString('latin1')
    expect(text).not.toContain('.debug_info')
    expect(text).toContain('other')
    expect(text).toContain(Buffer.from(exported).toString('latin1'))
  })
})

test('what is no module with a memory is refused, and no prefix of one is misread', () => {
  expect(() => limitMemory(Uint8Array.from([...preamble, ...exported]), 1)).toThrow('no memory of its own')
  expect(() => limitMemory(Buffer.from('<html>'), 1)).toThrow(SandboxError)
  const sections = [8 + 5, 8 + 5 + 7, 8 + 5 + 7 + 74]
  for (let length = 0; length < binary.length; length++) {
    const read = () => limitMemory(binary.subarray(0, length), 1)
    if (sections.includes(length)) expect(read).not.toThrow()
    else expect(read, `${length} bytes`).toThrow(SandboxError)
  }
})

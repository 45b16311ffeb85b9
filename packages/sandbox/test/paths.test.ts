import { isAbsolute, join, normalize } from 'node:path'
import { checkPath } from '@bench/sandbox'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each(['a', 'a/b/c.py', '...', '..a', 'a..', '.hidden', '-rf', 'ünï/😀 x', 'con', 'x'.repeat(255)])(
  '%j passes',
  (path) => {
    expect(checkPath(path)).toBe(path)
  },
)

test('the message names the path, what is wrong and what to do, on one line', () => {
  expect(() => checkPath('a/../b\n')).toThrow(
    /^Path "a\/\.\.\/b\\n" has control characters; use a relative path/,
  )
  expect(() => checkPath('a/../b')).toThrow(/has "\.\." in it/)
})

test('whatever passes stays below the folder it is joined to', () => {
  const names = fc.constantFrom('..', '.', '', 'a', '/', '\\', 'C:', '\0', 'b c', '~')
  const paths = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(names).map((parts) => parts.join('/')),
  )
  let passed = 0
  fc.assert(
    fc.property(paths, (path) => {
      try {
        checkPath(path)
      } catch {
        return
      }
      passed++
      expect(isAbsolute(path)).toBe(false)
      expect(normalize(join('/box/work', path))).toBe(`/box/work/${path}`)
    }),
    { numRuns: 2000 },
  )
  expect(passed).toBeGreaterThan(0)
})

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bundle } from './bundle.js'

test('the record door needs nothing of Node, and so runs in a worker', async () => {
  const { code, nodeImports } = await bundle(
    fileURLToPath(new URL('../src/record/index.ts', import.meta.url)),
    'neutral',
  )
  expect(nodeImports).toEqual([])
  expect(code).toContain('foldLines')
  expect(code).not.toMatch(/\bBuffer\b|\bprocess\.(env|argv|cwd)|require\(/)
})

test('the check can fail: the main door does need Node', async () => {
  const { nodeImports } = await bundle(fileURLToPath(new URL('../src/index.ts', import.meta.url)), 'neutral')
  expect(nodeImports.length).toBeGreaterThan(0)
})

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seconds } from './longest-first.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

test('the files that start first are there', () => {
  expect(Object.keys(seconds).filter((path) => !existsSync(join(root, path)))).toEqual([])
})

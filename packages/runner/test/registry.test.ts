import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { loadSolver, solvers } from '../src/index.js'

test('every adapter is in the registry under its own name', async () => {
  const files = await readdir(new URL('../src/adapters', import.meta.url))
  expect(files.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual(Object.keys(solvers).sort())
  for (const name of Object.keys(solvers)) expect((await loadSolver(name)).name).toBe(name)
})

test('an unknown solver is refused, naming those there are', async () => {
  await expect(loadSolver('toString')).rejects.toThrow(
    'no solver is called "toString": there are agent, refine, single',
  )
})

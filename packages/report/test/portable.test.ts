import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { expect, it } from 'vitest'

it('bundles for a worker: nothing of Node is imported by any part of it', async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('..', import.meta.url)),
    resolve: { conditions: ['@bench/source', 'workerd', 'worker', 'browser', 'import', 'module', 'default'] },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('../src/index.ts', import.meta.url)), formats: ['es'] },
    },
  })
  const [bundle] = [result].flat() as Rolldown.RolldownOutput[]
  const chunks = (bundle?.output ?? []).flatMap((part) => (part.type === 'chunk' ? [part] : []))
  const foreign = chunks
    .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
    .filter((name) => !name.endsWith('.js'))
  expect(chunks.length).toBeGreaterThan(1)
  expect(foreign).toEqual([])
  for (const chunk of chunks) expect(chunk.code).not.toMatch(/["']node:|__vite-browser-external/)
})

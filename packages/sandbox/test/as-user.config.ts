import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@bench/source', 'node', 'import', 'module', 'default']

/** The bubblewrap suites once more, started by as-user.test.ts as an ordinary user: nothing is built or cached. */
export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['bubblewrap', 'hostile', 'permission'].map((name) => `packages/sandbox/test/${name}.test.ts`),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

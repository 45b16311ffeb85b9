import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.js'

/** Tests run sources, never builds: the `@bench/source` condition points every door at its `src`. */
export default defineConfig({
  resolve: { conditions: ['@bench/source', 'node', 'import', 'module', 'default'] },
  // Node is given these too, for what stays outside of Vite: `import` among them would hold for its require() as well.
  ssr: { resolve: { conditions: ['@bench/source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // No provider is ever paid by a test: keys of the environment are not visible to it.
    env: {
      ANTHROPIC_API_KEY: '',
      OPENAI_API_KEY: '',
      OPENROUTER_API_KEY: '',
      HF_TOKEN: '',
      GEMINI_API_KEY: '',
      ADMIN_API_KEY: '',
      NO_COLOR: '1',
    },
    // The longest files wait for processes of their own, up to half of their time: two of them leave two cores idle.
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'] },
  },
})

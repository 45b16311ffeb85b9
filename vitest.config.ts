import { defineConfig } from 'vitest/config'

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
    // Most tests wait for processes of their own: a core that is kept free would idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'] },
  },
})

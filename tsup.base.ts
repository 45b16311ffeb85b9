import { defineConfig, type Options } from 'tsup'

/**
 * How every package is built: ES modules for Node 20, one chunk per lazily imported adapter,
 * dependencies left outside. Declarations come from `tsc` (see each package's `build` script).
 */
export const library = (entry: Record<string, string>, more: Options = {}) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    clean: true,
    dts: false,
    splitting: true,
    sourcemap: false,
    ...more,
  })

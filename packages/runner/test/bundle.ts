import { builtinModules } from 'node:module'
import { build } from 'vite'

/**
 * Bundles a source file with all it imports, as a builder of a browser page or a worker would.
 *
 * @returns its code, and every module of Node's own that it imports
 */
export async function bundle(entry: string, platform: 'node' | 'neutral') {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['@bench/source', ...(platform === 'node' ? ['node'] : []), 'import', 'default'] },
    ssr: {
      noExternal: true,
      external: ['undici', 'dockerode', 'jiti', 'openai', 'ollama', 'pg', 'pg-boss'],
      target: 'node',
    },
    build: {
      ssr: entry,
      write: false,
      minify: false,
      target: 'node20',
      rollupOptions: { output: { codeSplitting: false } },
    },
  })
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = outputs.flatMap((output) => (output.type === 'chunk' ? output : []))
  const imports = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
  return {
    code: chunks[0]?.code ?? '',
    nodeImports: imports.filter((name) => name.startsWith('node:') || builtinModules.includes(name)),
  }
}

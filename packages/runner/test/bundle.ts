import { builtinModules, createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'vite'

/** Loaded at first use, if ever. */
const outside = ['undici', 'dockerode', 'jiti', 'openai', 'ollama', 'pg', 'pg-boss']

/** What stays outside is found, and what a module has beside itself, from where its source is, wherever the bundle lies. */
const fromSources: Plugin = {
  name: 'from-sources',
  enforce: 'pre',
  resolveId: (name, importer) =>
    outside.includes(name) && importer !== undefined
      ? { id: pathToFileURL(createRequire(importer).resolve(name)).href, external: true }
      : null,
  transform: (code, id) => code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
}

/**
 * Bundles a source file with all it imports, as a builder of a browser page or a worker would.
 *
 * @returns its code, and every module of Node's own that it imports
 */
export async function bundle(entry: string, platform: 'node' | 'neutral') {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [fromSources],
    resolve: { conditions: ['@bench/source', ...(platform === 'node' ? ['node'] : []), 'import', 'default'] },
    ssr: {
      noExternal: true,
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

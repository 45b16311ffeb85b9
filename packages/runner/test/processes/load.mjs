/** Runs a module of the tests in a process of its own, from sources as the tests themselves do: `load.mjs MODULE ARGUMENT…`. */
import { createServer } from 'vite'

const conditions = ['@bench/source', 'node', 'import', 'default']
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@bench\//], target: 'node' },
  oxc: { target: 'node20' },
})
const [module = '', ...rest] = process.argv.slice(2)
process.argv.splice(2, process.argv.length, ...rest)
await server.ssrLoadModule(module)
await server.close()

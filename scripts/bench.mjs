/** `npm run bench`: installs and builds what is missing, then runs the CLI. Without arguments: the main job. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, root } from './workspace.mjs'

ensureInstalled()
ensureBuilt()

const args = process.argv.slice(2)
const cli = spawn(
  process.execPath,
  [join(root, 'apps/cli/dist/main.js'), ...(args.length > 0 ? args : ['bench'])],
  {
    // npm changes the folder to the package's own; people mean the one they typed the command in.
    cwd: process.env.INIT_CWD ?? root,
    // Who runs this wants the main job to work with nothing but Node: fetch the WebAssembly sandbox if it must be.
    env: { BENCH_FETCH_WASM: '1', ...process.env },
    stdio: 'inherit',
  },
)
// The CLI owns the terminal: it saves and says so; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => signal !== 'SIGINT' && cli.kill(signal))
}
cli.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
})

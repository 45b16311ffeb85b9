/** The interpreter that the WebAssembly tests run: 48 MB, fetched once into the user's cache. */
import { fetchWasm } from '../src/wasm/fetch.js'

/** Whether it is here. Without a connection its tests are skipped, saying why; in CI that is a fault. */
export const wasmReady: boolean = await fetchWasm({
  onProgress: ({ receivedBytes, totalBytes }) => {
    if (receivedBytes === totalBytes) console.log('Fetched Python for WebAssembly (once).')
  },
}).then(
  () => true,
  (error: Error) => {
    if (process.env.CI) throw error
    console.log(`Skipped: tests of the WebAssembly sandbox. ${error.message}`)
    return false
  },
)

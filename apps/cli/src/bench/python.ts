import { type FetchProgress, fetchWasm, wasmPackage } from '@bench/sandbox'

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** What the WebAssembly Python weighs on the wire. */
export const pythonSize = megabytes(wasmPackage.bytes)

/** Fetches it, with a line per tenth: also where nobody can watch one redraw. @returns its folder in the cache */
export function fetchPython(): Promise<string> {
  let told = -1
  return fetchWasm({
    onProgress({ receivedBytes, totalBytes }: FetchProgress) {
      const tenth = Math.floor((10 * receivedBytes) / totalBytes)
      if (tenth > told) {
        told = tenth
        process.stderr.write(`fetching the WebAssembly Python: ${tenth * 10} % of ${megabytes(totalBytes)}\n`)
      }
    },
  })
}

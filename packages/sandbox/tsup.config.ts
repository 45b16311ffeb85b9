import { library } from '../../tsup.base.ts'

export default library({
  index: 'src/index.ts',
  testing: 'src/testing.ts',
  // Started by its file, never imported.
  worker: 'src/wasm/worker.js',
})

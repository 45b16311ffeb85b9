export { type ModelSuiteOptions, testModel } from './testing/conformance.js'
export { type Dialect, dialects } from './testing/dialects.js'
export type { Exchange } from './testing/exchange.js'
export { type Recorded, readRecording } from './testing/recording.js'
export {
  type Received,
  replayServer,
  type TestServer,
} from './testing/server.js'

export { type ModelSuiteOptions, testModel } from './testing/conformance.js'
export { type Dialect, dialects } from './testing/dialects.js'
export { type Recorded, readRecording } from './testing/recording.js'
export {
  type Exchange,
  type Received,
  replayServer,
  type TestServer,
} from './testing/server.js'

export * from './mock.js'
export { type ModelSuiteOptions, testModel } from './testing/conformance.js'
export { type Dialect, dialects } from './testing/dialects.js'
export { FakeClock } from './testing/fake-clock.js'
export {
  LimitedProvider,
  type Rules as RateLimits,
  request as limitedRequest,
  send as sendLimited,
  type Work as LimitedWork,
} from './testing/limited-provider.js'
export { type Recorded, readRecording } from './testing/recording.js'
export { replayServer } from './testing/server.js'

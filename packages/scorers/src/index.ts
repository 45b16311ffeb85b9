export { loadScorer } from './load.js'
export * from './plugin-door.js'

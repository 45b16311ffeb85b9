export { defineMonitor, monitor, monitorNames } from './registry.js'
export type * from './spec.js'
export { summarise } from './summary.js'

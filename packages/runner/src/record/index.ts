export * from './lines.js'
export * from './outcome.js'
export * from './plan-file.js'
export * from './row.js'

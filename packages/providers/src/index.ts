export * from './errors.js'
export * from './spec.js'

export * from './spec.js'

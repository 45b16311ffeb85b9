import type { Model, Provider } from './spec.js'

/** Gives a model written outside this package its type; returns it as it is. */
export const defineModel = <M extends Model>(model: M): M => model

/** Gives a provider written outside this package its type; returns it as it is. */
export const defineProvider = <P extends Provider>(provider: P): P => provider

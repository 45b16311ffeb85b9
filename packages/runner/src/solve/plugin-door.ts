/** What a solver of someone's own is made of. */
export * from '../errors.js'
export { defineSolver, type SolverDefinition } from './define.js'
export type * from './spec.js'
export { WorkspaceError } from './workspace.js'

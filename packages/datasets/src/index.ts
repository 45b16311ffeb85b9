export { type DatasetDefinition, type DefinedTask, defineDataset } from './define.js'
export { DatasetError, type DatasetErrorCode } from './errors.js'
export type { HubOptions } from './hub/hub.js'
export { type KnownSet, knownSets } from './hub/known-sets.js'
export { type Pulled, placeOf, pull } from './hub/pulled.js'
export {
  type Builtin,
  formatOptions,
  listBuiltins,
  loadFolder,
  type OpenOptions,
  openDataset,
} from './open.js'
export type * from './spec.js'
export { taskHash } from './task-hash.js'
export { fillTemplate } from './template.js'
export { visibleCode } from './visible.js'

export { type FollowOptions, follow } from './follow.js'
export type { RunParts } from './member.js'
export { openQueue, type Queue, type QueuedRun, type QueueOptions } from './queue.js'
export { type WorkOptions, work } from './work.js'

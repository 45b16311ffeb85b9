/** A process of its own, to be killed by `batch-kill.test.ts`: goes on with a run in batches until its end. */
import { openRun } from '../../src/index.js'
import { type BatchApi, batchIn, batchModel } from '../batch-world.js'
import { echoTasks } from '../world.js'

const [dir, api, url] = process.argv.slice(2) as [string, BatchApi, string]
const { plan } = await openRun(dir)
await batchIn(plan, { dir, tasks: echoTasks(plan.tasks.length), model: await batchModel(api, url) })

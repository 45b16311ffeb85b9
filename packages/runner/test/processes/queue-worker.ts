/** A worker of its own, to be killed by the tests of the queue: makes attempts until it is stopped. */
import { openQueue, work } from '../../src/queue/index.js'
import { partsOf } from '../queue/parts.js'
import { echoTasks, httpModel } from '../world.js'

const [url, model, concurrency, graceMs = '1000'] = process.argv.slice(2) as [string, string, string, string?]
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
await using queue = await openQueue(url)
process.stdout.write('ready\n')
await work(queue, {
  open: (plan) => partsOf(echoTasks(plan.tasks.length), httpModel(`${model}/${process.pid}`)),
  concurrency: Number(concurrency),
  stopping: stopping.signal,
  graceMs: Number(graceMs),
})

/**
 * A process of its own that goes on with a run and kills itself, with a real SIGKILL, at its k-th touch of the disk: before it, with half
 * of the bytes written, or after it. Without a point it runs to its end, and says how many touches that took.
 */
import { writeSync } from 'node:fs'
import { openInFlight, openRun } from '../../src/index.js'
import { type Where, watchDisk } from '../disk-faults.js'
import { echoTasks, httpModel, runIn } from '../world.js'

const [dir, url, at, where] = process.argv.slice(2) as [string, string, string, Where]
const point = Number(at)
const { plan } = await openRun(dir)
const disk = await watchDisk((touch) => {
  if (touch !== point) return undefined
  const die = (): never => {
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way: nothing more may happen here.
    for (;;);
  }
  return { where, act: die }
})
await using inFlight = await openInFlight(dir)
await runIn(plan, { dir, tasks: echoTasks(plan.tasks.length), model: httpModel(url), inFlight })
writeSync(1, `${disk.touches()}`)

/**
 * A process of its own that merges runs and kills itself, with a real SIGKILL, at its k-th touch of the disk. Without a point it comes to
 * its end, and says how many touches that took.
 */
import { writeSync } from 'node:fs'
import { mergeRuns } from '../../src/index.js'
import { type Where, watchDisk } from '../disk-faults.js'

const [into, at, where, ...dirs] = process.argv.slice(2) as [string, string, Where, ...string[]]
const point = Number(at)
const disk = await watchDisk(
  (touch) => {
    if (touch !== point) return undefined
    const die = (): never => {
      process.kill(process.pid, 'SIGKILL')
      // The signal is on its way: nothing more may happen here.
      for (;;);
    }
    return { where, act: die }
  },
  { entries: true },
)
await mergeRuns(dirs, into)
writeSync(1, `${disk.touches()}`)

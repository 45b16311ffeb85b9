/** A process of its own, to be killed by `kill.test.ts`: goes on with a run until its end. */
import { openInFlight, openRun } from '../../src/index.js'
import { echoTasks, httpModel, runIn } from '../world.js'

const [dir, url] = process.argv.slice(2) as [string, string]
const { plan } = await openRun(dir)
await using inFlight = await openInFlight(dir)
await runIn(plan, { dir, tasks: echoTasks(plan.tasks.length), model: httpModel(url), inFlight })

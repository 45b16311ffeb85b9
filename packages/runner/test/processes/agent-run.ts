/** A process of its own, to be killed by `agent-kill.test.ts`: goes on with a run of agents until its end. */
import { openInFlight, openKeptCalls, openRun } from '../../src/index.js'
import { addTask, modelOf, solveIn } from '../solver-world.js'

const [dir, url] = process.argv.slice(2) as [string, string]
const { plan } = await openRun(dir)
await using inFlight = await openInFlight(dir)
await solveIn(plan, {
  dir,
  tasks: plan.tasks.map(({ id }) => addTask(id)),
  model: await modelOf('chat', { url }),
  inFlight,
  keptCalls: openKeptCalls(dir),
})

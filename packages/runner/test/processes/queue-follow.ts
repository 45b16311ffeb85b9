/** A follower of its own, to be killed by the tests of the queue: follows a run into its folder to its end. */
import { openRun } from '../../src/index.js'
import { followIn } from '../queue/follow-in.js'

const [dir, url] = process.argv.slice(2) as [string, string]
const { plan } = await openRun(dir)
await followIn(dir, url, plan)

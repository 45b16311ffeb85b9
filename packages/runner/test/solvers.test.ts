import { loadSolver, solvers } from '../src/index.js'
import { testSolver } from '../src/testing.js'
import { box, boxed } from './solver-world.js'

for (const name of Object.keys(solvers))
  testSolver(name, async () => ({ solver: await loadSolver(name), ...(boxed && { sandbox: box }) }))

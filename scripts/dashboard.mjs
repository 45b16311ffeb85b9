/** `npm run dashboard`: installs and builds what is missing, then serves the runs of this folder. */
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, root, tool } from './workspace.mjs'

ensureInstalled()
ensureBuilt()
process.exitCode = tool(
  process.execPath,
  [join(root, 'apps/dashboard/dist/main.js'), ...process.argv.slice(2)],
  {
    cwd: process.env.INIT_CWD ?? root,
    shell: false,
  },
)

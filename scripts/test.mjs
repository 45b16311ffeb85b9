/** `npm test`: installs and builds what is missing, then runs every test. Arguments go to Vitest. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, root, tool, toolEnv } from './workspace.mjs'

ensureInstalled()
ensureBuilt()

const folder = join(root, 'node_modules', '.bench-test')
mkdirSync(folder, { recursive: true })
const outcome = join(folder, `${process.pid}.json`)

// Nothing a test does may be paid for, and no key may be seen by what it starts.
const env = toolEnv()
for (const name of Object.keys(env)) {
  if (/(_API_KEY|HF_TOKEN)$/.test(name)) {
    delete env[name]
  }
}

const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${outcome}`,
  ...process.argv.slice(2),
]
const code = tool('vitest', args, { env })
if (existsSync(outcome)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(outcome, 'utf8'))
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
}
process.exitCode = code

/**
 * What importing `@bench/providers` adds to a bare start of Node, in milliseconds of CPU: the build, each time in a
 * process of its own, taking turns with the baseline. The best of each counts: whatever else the machine does only adds.
 * Exits 1 where it is not under the floor.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const rounds = 31
const floorMs = 15
const cwd = fileURLToPath(new URL('../apps/cli', import.meta.url))
const starts = {
  'bare node': '0',
  '@bench/providers': "await import('@bench/providers')",
  'and one provider': "await (await import('@bench/providers')).provider('openai')",
}

const best = Object.fromEntries(Object.keys(starts).map((name) => [name, Number.POSITIVE_INFINITY]))
for (let round = 0; round < rounds; round++) {
  for (const [name, code] of Object.entries(starts)) {
    const told = `${code}\nconst { user, system } = process.cpuUsage(); console.log((user + system) / 1000)`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', told], {
      cwd,
    })
    if (status !== 0) throw new Error(`${name} in ${cwd}: ${stderr}`)
    best[name] = Math.min(best[name], Number(stdout))
  }
}

const bare = best['bare node']
console.log(`cold import, best of ${rounds}, Node ${process.version}: bare node ${bare.toFixed(1)} ms`)
for (const [name, ms] of Object.entries(best).slice(1)) {
  console.log(`  ${name.padEnd(18)} +${(ms - bare).toFixed(1)} ms`)
}
const added = best['@bench/providers'] - bare
if (added >= floorMs) {
  console.log(`@bench/providers adds ${added.toFixed(1)} ms, which is not under ${floorMs}`)
  process.exitCode = 1
}

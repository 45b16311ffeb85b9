/** Loaded into the measured process with --import: writes what it used to the file BENCH_MEASURE names, at its end. */
import { writeFileSync } from 'node:fs'

const path = process.env.BENCH_MEASURE
if (path) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const seconds = performance.now() / 1000
    // maxRSS is in kilobytes on every system.
    writeFileSync(
      path,
      JSON.stringify({ seconds, rssMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }),
    )
  })
}

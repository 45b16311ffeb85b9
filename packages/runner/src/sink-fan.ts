import type { Line } from './record/lines.js'
import type { RecordSink } from './spec.js'

/** Lines that one sink may still be busy with; past it, it misses some. */
const backlog = 1024

/** Hands lines to sinks. A sink that throws or is slow disturbs neither the run nor the others; the log has it all. */
export function sinkFan(sinks: readonly RecordSink[]): (line: Line) => void {
  const fans = sinks.map((sink) => {
    let busy = 0
    return (line: Line): void => {
      if (busy >= backlog) return
      busy++
      const written = async (): Promise<void> => sink.write(line)
      written().then(
        () => busy--,
        () => busy--,
      )
    }
  })
  return (line) => {
    for (const fan of fans) fan(line)
  }
}

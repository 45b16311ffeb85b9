import { type ExitCode, exit } from '../exit.js'

export interface Interruption {
  readonly signal: AbortSignal
  /** The exit code of the signal that came; undefined while none has. */
  code(): ExitCode | undefined
  stop(): void
}

/** Ctrl-C and SIGTERM end a run in good order: what is won is saved. The second one forces. */
export function interruption(tell: (message: string) => void): Interruption {
  const controller = new AbortController()
  let code: ExitCode | undefined
  const on = (name: NodeJS.Signals) => {
    if (code !== undefined) {
      process.exit(code)
    }
    code = name === 'SIGINT' ? exit.interrupted : exit.terminated
    tell('stopping: saving what is finished (once more forces)')
    controller.abort(new Error(name))
  }
  process.on('SIGINT', on)
  process.on('SIGTERM', on)
  return {
    signal: controller.signal,
    code: () => code,
    stop() {
      process.off('SIGINT', on)
      process.off('SIGTERM', on)
    },
  }
}

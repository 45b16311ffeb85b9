import { type ExitCode, exit } from '../exit.js'

export interface Interruption {
  readonly signal: AbortSignal
  /** The exit code of the signal that came; undefined while none has. */
  code(): ExitCode | undefined
  /** What a person is to know when they stop it: what is saved, and how to go on. */
  tells(words: () => string): void
  stop(): void
}

/** Ctrl-C and SIGTERM end a run in good order: what is won is saved. The second one forces. */
export function interruption(tell: (message: string) => void): Interruption {
  const controller = new AbortController()
  let code: ExitCode | undefined
  let words = () => 'nothing was asked yet'
  const on = (name: NodeJS.Signals) => {
    if (code !== undefined) {
      tell(`forced: ${words()}`)
      process.exit(code)
    }
    code = name === 'SIGINT' ? exit.interrupted : exit.terminated
    tell(`stopping (once more forces): ${words()}`)
    controller.abort(new Error(name))
  }
  process.on('SIGINT', on)
  process.on('SIGTERM', on)
  return {
    signal: controller.signal,
    code: () => code,
    tells(next) {
      words = next
    },
    stop() {
      process.off('SIGINT', on)
      process.off('SIGTERM', on)
    },
  }
}

import { type ExitCode, exit } from '../exit.js'

export interface Interruption {
  readonly signal: AbortSignal
  /** The exit code of the signal that came; undefined while none has. */
  code(): ExitCode | undefined
  /** What a person is to know when they stop it: what is saved, and how to go on. */
  tells(words: () => string): void
  /** What is to be ended elsewhere before a forced end, in so short a time as is given to it. */
  forces(clear: () => Promise<unknown>): void
  stop(): void
}

/** A forced end waits no longer than this for what is to be ended elsewhere. */
const forcedMs = 2000

/**
 * Ctrl-C, SIGTERM and a terminal that is closed end a run in good order: what is won is saved. The second one forces.
 */
export function interruption(tell: (message: string) => void): Interruption {
  const controller = new AbortController()
  let code: ExitCode | undefined
  let forced = false
  let words = () => 'nothing was asked yet'
  let clear = (): Promise<unknown> => Promise.resolve()
  const force = async (now: ExitCode) => {
    tell(`forced: ${words()}`)
    const late = new Promise((resolve) => setTimeout(resolve, forcedMs))
    await Promise.race([clear().catch(() => undefined), late])
    process.exit(now)
  }
  const on = (name: NodeJS.Signals) => {
    if (code === undefined) {
      code = name === 'SIGINT' ? exit.interrupted : exit.terminated
      tell(`stopping (once more forces): ${words()}`)
      controller.abort(new Error(name))
    } else if (forced) {
      process.exit(code)
    } else {
      forced = true
      void force(code)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) {
    process.on(name, on)
  }
  return {
    signal: controller.signal,
    code: () => code,
    tells(next) {
      words = next
    },
    forces(next) {
      clear = next
    },
    stop() {
      for (const name of signals) {
        process.off(name, on)
      }
    },
  }
}

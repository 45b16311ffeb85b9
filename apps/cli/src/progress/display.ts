import type { Screen } from '../terminal/screen.js'
import { frame } from './frame.js'
import type { RunTally } from './tally.js'
import { type Surroundings, totals } from './words.js'

export type DisplayKind = 'full' | 'plain' | 'none'

/** What a person sees of a run while it goes. It looks at the tally when it draws: the run never waits for it. */
export interface Display extends Disposable {
  /** Draws if it is time to. */
  tick(): void
}

export interface DisplayRequest {
  readonly tally: RunTally
  readonly around: Surroundings
  readonly screen: Screen
  readonly repeats: number
  readonly color: boolean
  /** Milliseconds of a monotonic clock. */
  now(): number
}

const redrawMs = 100
const plainEveryMs = 30_000

/**
 * What is shown where nobody said: all of it on a terminal that is drawn on, lines elsewhere; nothing beside events on
 * the same terminal.
 */
export function displayFor(
  asked: DisplayKind | undefined,
  {
    stderr,
    stdout,
    json,
    env,
    flagged = false,
  }: {
    readonly stderr: { readonly isTTY?: boolean }
    readonly stdout: { readonly isTTY?: boolean }
    readonly json: boolean
    readonly env: NodeJS.ProcessEnv
    /** It was asked for by a flag, and not by a file that holds for terminals and logs alike. */
    readonly flagged?: boolean
  },
): DisplayKind {
  if (asked !== undefined) {
    return asked === 'full' && stderr.isTTY !== true && !flagged ? 'plain' : asked
  }
  if (json && stdout.isTTY === true) {
    return 'none'
  }
  return stderr.isTTY === true && env.TERM !== 'dumb' && !env.NO_COLOR ? 'full' : 'plain'
}

/** Opens a view that draws by itself, ten times a second at most, until it is disposed of. */
export function openDisplay(kind: DisplayKind, request: DisplayRequest): Display {
  const made = kind === 'none' ? none : kind === 'full' ? full(request) : plain(request)
  // It also moves in a long quiet, and keeps no process alive.
  const timer = setInterval(made.tick, redrawMs).unref()
  return {
    tick: made.tick,
    [Symbol.dispose]() {
      clearInterval(timer)
      made[Symbol.dispose]()
    },
  }
}

const none: Display = { tick() {}, [Symbol.dispose]() {} }

function full({ tally, around, screen, repeats, color, now }: DisplayRequest): Display {
  const started = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let version = -1
  let columns = 0
  let before = ''
  let keepsOldest = false
  return {
    tick() {
      const at = now()
      const moved = tally.version !== version || screen.columns !== columns
      if (at - drawnAt < (moved ? redrawMs : 1000)) {
        return
      }
      const { lines, oldest } = frame({
        ...{ tally, around, repeats, color, keepsOldest },
        ...{ columns: screen.columns, rows: screen.rows, elapsedMs: at - started, now: at },
      })
      keepsOldest = oldest
      drawnAt = at
      version = tally.version
      const text = lines.join('\n')
      if (text !== before || screen.columns !== columns) {
        screen.draw(lines)
      }
      columns = screen.columns
      before = text
    },
    [Symbol.dispose]: () => screen.clear(),
  }
}

function plain({ tally, around, screen, now }: DisplayRequest): Display {
  const started = now()
  let said = started
  let tenth = Math.floor((10 * tally.done) / Math.max(1, tally.total))
  const tick = () => {
    const reached = Math.floor((10 * tally.done) / Math.max(1, tally.total))
    if (reached === tenth && now() - said < plainEveryMs) {
      return
    }
    tenth = reached
    said = now()
    const parts = totals(tally, around, said - started, said).map(({ text }) => text)
    screen.print([...parts, `passed ${tally.passed}`].join(' · '))
  }
  return { tick, [Symbol.dispose]: tick }
}

/** Processes of the host by what does not change: a number alone may soon be another's. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { SandboxError } from '../errors.js'

export interface Identity {
  readonly pid: number
  /** Clock tick of its start: tells it from a later process of the same number. */
  readonly started: string
}

/** Who has that number now. */
export function identify(pid: number): Identity | undefined {
  const state = stateOf(pid)
  return state && { pid, started: state.started }
}

function stateOf(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // From field 3 of proc(5).
    return { state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** Kills the first process of a pid namespace. Once it is dead, so is every other in it. */
export async function destroy({ pid, started }: Identity): Promise<void> {
  for (let wait = 0; wait < 5000; wait = wait * 2 + 1) {
    const now = stateOf(pid)
    if (now === undefined || now.started !== started || now.state === 'Z' || now.state === 'X') return
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return // Gone since.
    }
    await delay(wait)
  }
  throw new SandboxError(
    'failed',
    `Process ${pid} of a box does not die; look for a hung device or file system.`,
  )
}

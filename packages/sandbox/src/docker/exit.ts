import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { type Exit, exitOfStatus } from '../supervise.js'
import type { FoundEngine } from './engine.js'

/**
 * How a command that was started ended.
 * @param ended its stream has: that is with the last holder of it, the command maybe long before, so the engine is
 *   asked as well
 */
export async function exitOf(
  { podman }: Pick<FoundEngine, 'podman'>,
  exec: Pick<Docker.Exec, 'inspect'>,
  ended: Promise<void>,
): Promise<Exit> {
  let over = false
  void ended.then(() => {
    over = true
  })
  for (let wait = 20; ; wait = over ? 2 : Math.min(wait * 1.5, 200)) {
    await Promise.race(over ? [delay(wait)] : [ended, delay(wait)])
    const state = await exec.inspect().catch(() => undefined)
    if (state === undefined) return { code: null, signal: 'SIGKILL' } // Gone with its container.
    // Before it begins it does not run either. Docker knows no exit code then; podman says 0, but not that it may go.
    const began = podman ? state.CanRemove : state.ExitCode !== null
    if (!state.Running && began) return exitOfStatus(state.ExitCode ?? 0)
  }
}

import type { ChildProcess } from 'node:child_process'

/** Leaders of groups that nothing else would end, should this process end first. */
const leaders = new Set<number>()

/**
 * Sees to it that a child that leads a group ends with this process, by whatever `process.exit` or error that may be:
 * to `SIGKILL` alone there is no answer.
 */
export function endsWithUs(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  if (leaders.size === 0) process.once('exit', endAll)
  leaders.add(pid)
  child.once('close', () => {
    leaders.delete(pid)
    if (leaders.size === 0) process.off('exit', endAll)
  })
}

/** Kills a child and, where there are groups, whatever it has started that has not left its own. */
export function killGroup({ pid }: Pick<ChildProcess, 'pid'>): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}

function endAll(): void {
  for (const pid of leaders) killGroup({ pid })
}

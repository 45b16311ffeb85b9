/** What harnesses that are gone have left in the engine. */
import { label, removeContainer } from './container.js'
import { requireEngine } from './engine.js'

/**
 * Removes every container of ours that nobody needs: those whose harness is gone, and this process's own. How many.
 * @throws SandboxError `unavailable`
 */
export async function cleanContainers(): Promise<number> {
  const { engine } = await requireEngine()
  const all = await engine.listContainers({ all: true, filters: { label: [label] } })
  const left = all.filter(({ Labels }) => !isAnothers(Number(Labels[label])))
  await Promise.all(left.map(({ Id }) => removeContainer(engine.getContainer(Id))))
  return left.length
}

/** Whether the harness that opened it runs, and is not this one. */
function isAnothers(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

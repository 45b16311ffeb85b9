import { readdirSync, readFileSync } from 'node:fs'

/**
 * Milliseconds of CPU time, in steps of 10, of this process and of all it has started; containers are started by an engine, so
 * everything of any engine on this machine counts as well. Undefined where there is no /proc.
 */
export function cpuMs() {
  const processes = new Map(pids().flatMap((pid) => statOf(pid) ?? []))
  if (processes.size === 0) return undefined
  const ours = (pid) => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0)
      if (at === process.pid || /^(dockerd|containerd)/.test(processes.get(at)?.name ?? '')) return true
    return false
  }
  let ticks = 0
  for (const [pid, one] of processes) if (ours(pid)) ticks += one.ticks
  return ticks * 10
}

function pids() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** As proc(5) has it: a name may hold anything, so the fields after it are counted from its end. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    // Its own, and those of its children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return [[Number(pid), { name, parent: Number(fields[1]), ticks }]]
  } catch {
    return undefined // Gone since.
  }
}

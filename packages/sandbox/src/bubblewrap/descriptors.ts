import { readdirSync, readFileSync } from 'node:fs'

const closeOnExec = 0o2000000 // O_CLOEXEC as /proc/self/fdinfo shows it.

/**
 * The highest descriptor that a program we start would inherit, -1 for none. Node marks its own as
 * close-on-exec; those it was itself started with it passes on.
 */
export function highestInherited(): number {
  let highest = -1
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1]
      if ((Number.parseInt(flags ?? '0', 8) & closeOnExec) === 0) highest = Math.max(highest, Number(name))
    } catch {
      // Closed since it was listed, as the one of the listing itself.
    }
  }
  return highest
}

import { readdirSync, readFileSync } from 'node:fs'

const closeOnExec = 0o2000000 // O_CLOEXEC as /proc/self/fdinfo shows it.

/**
 * The descriptors that a program we start would inherit. Node marks its own as close-on-exec; those it was itself
 * started with it passes on.
 */
export function inheritedDescriptors(): ReadonlySet<number> {
  const inherited = readdirSync('/proc/self/fd').filter((name) => {
    try {
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1]
      return (Number.parseInt(flags ?? '0', 8) & closeOnExec) === 0
    } catch {
      return false // Closed since it was listed, as the one of the listing itself.
    }
  })
  return new Set(inherited.map(Number))
}

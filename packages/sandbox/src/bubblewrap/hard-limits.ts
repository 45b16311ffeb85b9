/** What this process may not go beyond: a box can be held to less, and asking for more would fail. */
import { readFileSync } from 'node:fs'

/** Names of prlimit(1) and of proc(5), "/proc/pid/limits". */
const names = {
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  nofile: 'Max open files',
  nproc: 'Max processes',
} as const

/** A limit for prlimit(1): `wanted`, or less where our own hard limit is lower. */
export function hardLimit(name: keyof typeof names, wanted: number): string {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(names[name]))
  const own = Number(/^\S.*?\s{2,}\S+\s+(\S+)/.exec(line ?? '')?.[1])
  return `--${name}=${Number.isNaN(own) ? wanted : Math.min(wanted, own)}`
}

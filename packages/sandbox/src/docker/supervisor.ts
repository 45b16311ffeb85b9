/** What runs first in a container, and how one talks with it. */
import type { Duplex } from 'node:stream'
import { SandboxError } from '../errors.js'
import { demux } from './demux.js'

export const workFolder = '/tmp/work'

/**
 * The first process. For each line it reads it kills every other process there is until all are dead, without
 * starting one first, then waits for one of its own, which buries the orphans that died before it. It tells the
 * line again and how often the kernel killed for want of memory. When its input ends, because we did, it ends, and
 * the container with it.
 *
 * A killed process dies when it next gets a core. Whose first thread ended before the others looks dead too (fields
 * 3 and 20 of /proc/PID/stat, proc(5): its state, and how many threads it has).
 */
export const supervisor = `
  ulimit -c 0
  mkdir -m 0777 ${workFolder} || exit
  exec 2>/dev/null
  chmod 755 /sys/fs/cgroup # podman leaves it open to all.
  alive() {
    for stat in /proc/[0-9]*/stat; do
      [ $stat = /proc/1/stat ] && continue
      read -r fields <$stat || continue
      set -- \${fields##*) }
      case $1 in [ZX]) [ \${18} -le 1 ] && continue ;; esac
      return 0
    done
    return 1
  }
  while read -r line; do
    case $line in ready | [0-9]*) ;; *) continue ;; esac
    [ "$line" = ready ] || { kill -9 -1; while alive; do kill -9 -1; done; (:); }
    kills=0
    for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
      [ -r $file ] && while read -r name count; do [ "$name" = oom_kill ] && kills=$count; done <$file
    done
    echo "$line $kills"
  done`

/** Talks with the supervisor: a line out, the same line and a number back. */
export function conversation(stream: Duplex) {
  const { stdout } = demux(stream)
  const waiting = new Map<string, (kills: number) => void>()
  let said = ''
  let asked = 0
  stream.on('error', () => {})
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    for (let end = said.indexOf('\n'); end >= 0; end = said.indexOf('\n')) {
      const [line = '', kills] = said.slice(0, end).split(' ')
      said = said.slice(end + 1)
      waiting.get(line)?.(Number(kills))
    }
  })
  return (line = String(++asked)) =>
    new Promise<number>((resolve, reject) => {
      const silent = () =>
        reject(
          new SandboxError(
            'unavailable',
            'The container started but its supervisor does not answer; does the image have /bin/sh?',
          ),
        )
      const timer = setTimeout(silent, 5000)
      stdout.once('close', silent)
      waiting.set(line, (kills) => {
        clearTimeout(timer)
        stdout.off('close', silent)
        waiting.delete(line)
        resolve(kills)
      })
      // What podman has put before it, even so, is a line of its own then.
      stream.write(`\n${line}\n`)
    })
}

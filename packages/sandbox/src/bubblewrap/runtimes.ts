/** Which of this machine's interpreters a box can be given, and what must be mounted for them. */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Candidates } from '../runtimes.js'
import type { Mount } from '../spec.js'

export interface HostRuntimes {
  readonly candidates: Candidates
  readonly mounts: readonly Mount[]
  /** Why one that is installed cannot be had. */
  readonly notes: readonly string[]
}

/** @param uid user of the box where it is not our own */
export async function hostRuntimes(uid: number | undefined): Promise<HostRuntimes> {
  const found = [await findPython(uid), findNode(uid)] as const
  return {
    candidates: { python: found[0].commands, node: found[1].commands },
    mounts: found.flatMap(({ paths }) => paths.map((path) => ({ source: path, target: path }))),
    notes: found.flatMap(({ note }) => (note === undefined ? [] : [note])),
  }
}

interface Found {
  readonly commands: readonly string[]
  readonly paths: readonly string[]
  readonly note?: string
}

/** The system's own first: below /usr it is in every box already. */
async function findPython(uid: number | undefined): Promise<Found> {
  const system = ['/usr/bin/python3', '/usr/local/bin/python3'].filter((path) => existsSync(path))
  if (system.length > 0) return { commands: system, paths: [] }
  let note: string | undefined
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const parts = await pythonParts(join(folder, 'python3'))
    const [command] = parts
    if (command === undefined) continue
    const closed = parts.find((path) => !readable(path, uid))
    if (closed === undefined)
      return { commands: [command], paths: parts.filter((path) => !path.startsWith('/usr/')) }
    note ??= `no Python: the box's user cannot read ${closed}; install one below /usr (apt-get install python3)`
  }
  return { commands: [], paths: [], ...(note === undefined ? {} : { note }) }
}

/** The interpreter itself, its standard library, its shared library: asked of it, since shims hide them. */
async function pythonParts(command: string): Promise<string[]> {
  if (!existsSync(command)) return []
  const question = [
    'import os, sys, sysconfig as c',
    'library = os.path.join(c.get_config_var("LIBDIR") or "", c.get_config_var("INSTSONAME") or "")',
    'print(os.path.realpath(sys.executable), c.get_path("stdlib"), library, sep="\\n")',
  ].join('\n')
  try {
    const { stdout } = await promisify(execFile)(command, ['-I', '-S', '-c', question], { timeout: 5000 })
    const [executable = '', library = '', shared = ''] = stdout.split('\n')
    return [executable, library, ...(shared.includes('.so') && existsSync(shared) ? [shared] : [])]
  } catch {
    return []
  }
}

/** The binary alone: it brings its library with it, and the folder above may be somebody's home. */
function findNode(uid: number | undefined): Found {
  const running = realpathSync(process.execPath)
  if (running.startsWith('/usr/')) return { commands: [running], paths: [] }
  if (existsSync('/usr/bin/node')) return { commands: ['/usr/bin/node'], paths: [] }
  if (readable(running, uid)) return { commands: [running], paths: [running] }
  return {
    commands: [],
    paths: [],
    note: `no Node: the box's user cannot read ${running}; install one below /usr`,
  }
}

/** Whether a user who is in nobody's group can read a path, or where `uid` is not given, whether we can. */
export function readable(path: string, uid: number | undefined): boolean {
  try {
    if (uid === undefined) {
      accessSync(path, constants.R_OK)
      return true
    }
    const allowed = (step: string, bits: number) => {
      const stats = statSync(step)
      return stats.uid === uid ? (stats.mode & (bits << 6)) !== 0 : (stats.mode & bits) === bits
    }
    for (let step = dirname(path); step !== dirname(step); step = dirname(step))
      if (!allowed(step, 0o1)) return false
    return allowed(path, statSync(path).isDirectory() ? 0o5 : 0o4)
  } catch {
    return false
  }
}

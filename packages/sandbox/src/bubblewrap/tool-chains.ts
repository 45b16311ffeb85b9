/** Which of this machine's compilers a box can be given, and what must be mounted for them. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { toolChainPlaces } from '../runtimes.js'
import type { Mount, ToolChain } from '../spec.js'
import { readable } from './runtimes.js'

export interface HostToolChain {
  readonly commands: readonly string[]
  readonly mounts: readonly Mount[]
}

/** @param uid user of the box where it is not our own */
export async function hostToolChain(name: ToolChain, uid: number | undefined): Promise<HostToolChain> {
  const commands = toolChainPlaces[name].filter((path) => path.startsWith('/usr/') && existsSync(path))
  if (name === 'rust' && commands.length === 0) return findRust(uid)
  // Debian keeps what a Java cannot start without below /etc.
  const paths = name === 'java' ? readdirSync('/etc').filter((entry) => /^java-\d+-openjdk$/.test(entry)) : []
  return { commands, mounts: paths.map((entry) => mount(join('/etc', entry))) }
}

/** rustup puts a launcher on PATH and the tool chain itself elsewhere, most often in somebody's home. */
async function findRust(uid: number | undefined): Promise<HostToolChain> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const launcher = join(folder, 'rustc')
    if (!existsSync(launcher)) continue
    try {
      const { stdout } = await promisify(execFile)(launcher, ['--print', 'sysroot'], { timeout: 5000 })
      const root = stdout.trim()
      if (readable(root, uid)) return { commands: [join(root, 'bin/rustc')], mounts: [mount(root)] }
    } catch {
      // One that does not even answer.
    }
  }
  return { commands: [], mounts: [] }
}

const mount = (path: string): Mount => ({ source: path, target: path })

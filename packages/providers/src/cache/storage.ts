import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Of what a crash may leave beside a file; see {@link isDraft}. */
const draftEnding = '.tmp'

/** Whether a file is one that was being written when a crash came, or is just now. */
export const isDraft = (name: string): boolean => name.endsWith(draftEnding)

/**
 * Puts a whole file in place, durably: after a crash at any point there is the old content or the new, never a part.
 * Others of this machine cannot read it: replies may be private.
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}${draftEnding}`
  try {
    {
      await using handle = await open(draft, 'wx', 0o600)
      await handle.writeFile(content)
      await handle.sync()
    }
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Creates a folder and those above it, durably. By hand, since Node's recursive `mkdir` never returns in /proc. */
export async function makeFolder(path: string): Promise<void> {
  const created = () => mkdir(path, { mode: 0o700 })
  try {
    await created()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    // Another process may be making it too.
    await created().catch((late: NodeJS.ErrnoException) => {
      if (late.code !== 'EEXIST') throw late
    })
  }
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and keeps its names without being asked.
  if (process.platform === 'win32') return
  await using handle = await open(path, 'r')
  await handle.sync()
}

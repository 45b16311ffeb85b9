import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const pageBytes = 4096

/** What a copy of a folder takes in memory: whole pages for each file, and how many files, folders and links. */
export async function folderSize(path: string): Promise<{ bytes: number; inodes: number }> {
  const stats = await lstat(path)
  const own = { bytes: Math.ceil(Math.max(1, stats.size) / pageBytes) * pageBytes, inodes: 1 }
  if (!stats.isDirectory()) return own
  const total = { ...own }
  for (const name of await readdir(path)) {
    const inside = await folderSize(join(path, name))
    total.bytes += inside.bytes
    total.inodes += inside.inodes
  }
  return total
}

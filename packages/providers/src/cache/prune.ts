import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDraft } from './storage.js'

export interface CacheSize {
  readonly replies: number
  readonly bytes: number
}

interface Kept {
  readonly path: string
  readonly bytes: number
  readonly usedMs: number
}

const dayMs = 24 * 3600 * 1000

/** How much a cache's folder holds; nothing where there is no such folder. */
export async function cacheSize(dir: string): Promise<CacheSize> {
  const { kept } = await survey(dir)
  return { replies: kept.length, bytes: sum(kept) }
}

/**
 * Brings a cache's folder under a size: what was not used for longest goes first, and what a crash left half written.
 * @returns what was removed
 */
export async function pruneCache(dir: string, maxBytes: number): Promise<CacheSize> {
  const { kept, abandoned } = await survey(dir)
  await Promise.all(abandoned.map((path) => rm(path, { force: true })))
  let bytes = sum(kept)
  const removed: Kept[] = []
  for (const oldest of kept.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= maxBytes) break
    await rm(oldest.path, { force: true })
    bytes -= oldest.bytes
    removed.push(oldest)
  }
  return { replies: removed.length, bytes: sum(removed) }
}

/** Prunes a cache's folder at most once a day; does nothing where there is none. Never throws. */
export async function keepCacheUnder(dir: string, maxBytes: number): Promise<void> {
  const mark = join(dir, 'pruned')
  const last = await stat(mark).catch(() => undefined)
  if (last !== undefined && Date.now() - last.mtimeMs < dayMs) return
  try {
    await writeFile(mark, '')
    await pruneCache(dir, maxBytes)
  } catch {
    // No folder, or one that only grows until it can be written again.
  }
}

async function survey(dir: string): Promise<{ kept: Kept[]; abandoned: string[] }> {
  const kept: Kept[] = []
  const abandoned: string[] = []
  for (const folder of await namesIn(dir)) {
    // Only what the cache itself names so: a folder that a person pointed it at may hold other things.
    if (!/^[0-9a-f]{2}$/.test(folder)) continue
    for (const name of await namesIn(join(dir, folder))) {
      const path = join(dir, folder, name)
      const found = await stat(path).catch(() => undefined)
      if (!found?.isFile()) continue
      if (isDraft(name)) {
        if (Date.now() - found.mtimeMs > dayMs) abandoned.push(path)
      } else if (/^[0-9a-f]{62}\.json$/.test(name)) {
        kept.push({ path, bytes: found.size, usedMs: found.mtimeMs })
      }
    }
  }
  return { kept, abandoned }
}

const namesIn = (dir: string): Promise<string[]> => readdir(dir).catch(() => [])

const sum = (kept: readonly Kept[]): number => kept.reduce((total, { bytes }) => total + bytes, 0)

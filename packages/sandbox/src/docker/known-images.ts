import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../cache.js'
import type { Runtime } from '../spec.js'

type Runtimes = Readonly<Record<string, Runtime>>

/** What an image was found to have, if it was ever asked: under its id an image never changes, and asking takes a container. */
export async function knownRuntimes(id: string): Promise<Runtimes | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(fileOf(id), 'utf8'))
    return isRuntimes(found) ? found : undefined
  } catch {
    return undefined // Never asked, or no file of ours.
  }
}

/** Whoever cannot write it down asks again the next time. */
export async function rememberRuntimes(id: string, runtimes: Runtimes): Promise<void> {
  const file = fileOf(id)
  const draft = `${file}.${process.pid}`
  try {
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(draft, JSON.stringify(runtimes))
    await rename(draft, file)
  } catch {}
}

const fileOf = (id: string) => join(cacheFolder(), 'images', `${id.replace(/[^0-9a-f]/g, '')}.json`)

function isRuntimes(found: unknown): found is Runtimes {
  if (typeof found !== 'object' || found === null) return false
  return Object.values(found).every(
    (one) => typeof one?.command === 'string' && typeof one.version === 'string',
  )
}

import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from './storage.js'

const fileOf = (dir: string, fingerprint: string): string =>
  join(dir, `preflight-${fingerprint.slice(0, 32)}.json`)

/** Whether a preflight of this fingerprint has passed before. */
export async function recall(dir: string | undefined, fingerprint: string): Promise<boolean> {
  if (dir === undefined) return false
  return access(fileOf(dir, fingerprint)).then(
    () => true,
    () => false,
  )
}

/** Remembers that it passed. A folder that cannot be written costs a repetition, never the run. */
export async function remember(dir: string | undefined, fingerprint: string): Promise<void> {
  if (dir === undefined) return
  try {
    await mkdir(dir, { recursive: true })
    await writeFileDurably(
      fileOf(dir, fingerprint),
      `${JSON.stringify({ passed: new Date().toISOString() })}\n`,
    )
  } catch {
    // It will be run again.
  }
}

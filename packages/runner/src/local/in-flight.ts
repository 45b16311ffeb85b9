import { constants, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { InFlight } from '../spec.js'
import { storageError } from './storage.js'

const keyLength = 22
const slotLength = keyLength + 1

/**
 * Keeps the keys of calls under way in `in-flight` in a run's folder: one fixed slot a call, blank when it is over, so
 * that the file stays as small as the concurrency. Written without a sync: it survives the process, which is what is
 * killed; whoever pulls the plug learns less. Whoever opens it holds the run's lock.
 *
 * @throws RunnerError `storage`
 */
export async function openInFlight(dir: string): Promise<InFlight & AsyncDisposable> {
  const path = join(dir, 'in-flight')
  const flags = constants.O_RDWR | constants.O_CREAT
  const handle = await open(path, flags).catch((error: unknown) => {
    throw storageError('open', path, error)
  })
  const text = await handle.readFile('latin1').catch(async (error: unknown) => {
    await handle.close().catch(() => undefined)
    throw storageError('read', path, error)
  })
  const free: number[] = []
  const held = new Map<string, number>()
  // Slots stay where they are: a process that dies while it opens the file forgets nothing of the one before.
  let size = Math.ceil(text.length / slotLength)
  for (let slot = 0; slot < size; slot++) {
    const key = text.slice(slot * slotLength, (slot + 1) * slotLength).trim()
    // What is blank, half written or there twice is free.
    if (key.length === keyLength && !held.has(key)) held.set(key, slot)
    else free.push(slot)
  }
  const cutOff = new Set(held.keys())
  const write = (slot: number, text: string): void => {
    const bytes = Buffer.from(`${text.padEnd(keyLength)}\n`, 'latin1')
    try {
      // A write may take less than it was given.
      for (let done = 0; done < bytes.length; )
        done += writeSync(handle.fd, bytes, done, bytes.length - done, slot * slotLength + done)
    } catch (error) {
      throw storageError('write', path, error)
    }
  }
  return {
    cutOff,
    begin(key) {
      if (held.has(key)) return
      const slot = free.pop() ?? size++
      held.set(key, slot)
      write(slot, key)
    },
    end(key) {
      const slot = held.get(key)
      if (slot === undefined) return
      held.delete(key)
      free.push(slot)
      write(slot, '')
    },
    async [Symbol.asyncDispose]() {
      await handle.close()
    },
  }
}

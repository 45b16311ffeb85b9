import { constants, ftruncateSync, writeSync } from 'node:fs'
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
  const slots = (await handle.readFile('latin1')).split('\n').map((slot) => slot.trim())
  const free: number[] = []
  const held = new Map<string, number>()
  // Packed again from the front: what is blank or half written is gone.
  const cutOff = new Set(slots.filter((slot) => slot.length === keyLength))
  ftruncateSync(handle.fd, 0)
  let size = 0
  const write = (slot: number, text: string): void => {
    writeSync(handle.fd, `${text.padEnd(keyLength)}\n`, slot * slotLength, 'latin1')
  }
  const begin = (key: string): void => {
    if (held.has(key)) return
    const slot = free.pop() ?? size++
    held.set(key, slot)
    write(slot, key)
  }
  for (const key of cutOff) begin(key)
  return {
    cutOff,
    begin,
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

import fs from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/** Where in a touch of the disk something happens: before it, when half of a write's bytes are written, after it. */
export type Where = 'before' | 'half' | 'after'

export interface Fault {
  readonly where: Where
  /** Ends the touch there: by throwing, or by ending the process. Where it returns, a write has written half of its bytes. */
  act(): void
}

/**
 * Counts every write, sync and truncation of this process from now on, and lets one of them go wrong. Each touch gets its number, from 1;
 * what is given back for it happens there.
 *
 * @param entries also counts what makes, renames and removes files and folders
 */
export async function watchDisk(
  faultOf: (touch: number, what: string) => Fault | undefined,
  { entries = false } = {},
): Promise<{ touches(): number } & Disposable> {
  let touches = 0
  const probe = await open('/dev/null', 'r')
  const prototype = Object.getPrototypeOf(probe) as Record<string, (...args: unknown[]) => Promise<unknown>>
  await probe.close()
  const undo: (() => void)[] = []

  for (const name of ['write', 'datasync', 'sync', 'truncate']) {
    const real = prototype[name]!
    prototype[name] = async function (this: FileHandle, ...args: unknown[]) {
      const fault = faultOf(++touches, name)
      if (fault?.where === 'before') fault.act()
      if (fault?.where === 'half' && name === 'write') {
        const [bytes, offset, length, position] = args as [Uint8Array, number, number, null]
        const half = Math.max(1, Math.floor(length / 2))
        const written = await real.call(this, bytes, offset, half, position)
        fault.act()
        return written
      }
      const done = await real.apply(this, args)
      if (fault !== undefined && fault.where !== 'before') fault.act()
      return done
    }
    undo.push(() => {
      prototype[name] = real
    })
  }
  for (const name of ['writeSync', 'ftruncateSync'] as const) {
    const real = fs[name] as (...args: unknown[]) => unknown
    Object.assign(fs, {
      [name](...args: unknown[]) {
        const fault = faultOf(++touches, name)
        if (fault?.where === 'before') fault.act()
        if (fault?.where === 'half' && name === 'writeSync') {
          const [fd, bytes, offset, length, position] = args as [number, Uint8Array, number, number, number]
          const written = real(fd, bytes, offset, Math.max(1, Math.floor(length / 2)), position)
          fault.act()
          return written
        }
        const done = real(...args)
        if (fault !== undefined && fault.where !== 'before') fault.act()
        return done
      },
    })
    undo.push(() => Object.assign(fs, { [name]: real }))
  }
  for (const name of entries ? (['mkdir', 'link', 'rename', 'rm'] as const) : []) {
    const real = fs.promises[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(fs.promises, {
      async [name](...args: unknown[]) {
        const fault = faultOf(++touches, name)
        if (fault?.where === 'before') fault.act()
        const done = await real(...args)
        if (fault !== undefined && fault.where !== 'before') fault.act()
        return done
      },
    })
    undo.push(() => Object.assign(fs.promises, { [name]: real }))
  }
  syncBuiltinESMExports()
  return {
    touches: () => touches,
    [Symbol.dispose]() {
      for (const one of undo) one()
      syncBuiltinESMExports()
    },
  }
}

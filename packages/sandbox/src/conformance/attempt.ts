/** Programs that try what they must not be able to do, and say so where they could. */
import { expect } from 'vitest'
import type { BoxSpec } from '../spec.js'
import { type Case, python } from './case.js'

/**
 * `tries`: an act that has to raise, or to return False. `asks`: a system call that the kernel has to refuse before it
 * looks at what was asked, which is always something that would do nothing: so the same program is harmless, and
 * tells of an escape, where nothing contains it.
 */
const prelude = `import errno, os, sys
try: import ctypes
except ImportError: ctypes = None
libc = ctypes and ctypes.CDLL(None, use_errno=True)
machine = 1 if hasattr(os, 'uname') and os.uname().machine == 'aarch64' else 0
refusals = (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH, errno.EAFNOSUPPORT)
def tries(what, act):
    try: got = act()
    except Exception: return
    if got is not False: print('ESCAPED', what, repr(got)[:200])
def asks(what, numbers, *arguments):
    if numbers[machine] < 0: return
    ctypes.set_errno(0)
    if libc.syscall(numbers[machine], *arguments) >= 0 or ctypes.get_errno() not in refusals:
        print('ESCAPED', what, os.strerror(ctypes.get_errno()))
`

export interface AttemptOptions {
  readonly spec?: BoxSpec
  /** Makes system calls by number. */
  readonly native?: boolean
}

/** A case that holds where the program gets to its end and nothing that it tried worked. */
export function attempt(name: string, code: string, options: AttemptOptions = {}): Case {
  return {
    name,
    contains: true,
    ...(options.native ? { forks: true } : {}),
    async run({ open }) {
      await using box = await open(options.spec)
      const result = await python(box, `${prelude}${code}\nprint('tried')`)
      expect(result).toMatchObject({ out: 'tried\n', err: '', reason: 'ok', code: 0 })
    },
  }
}

/** A case of system calls, by their numbers on x86_64 and aarch64: -1 where there is no such call. */
export function calls(
  name: string,
  asked: Readonly<Record<string, readonly [number, number, ...string[]]>>,
): Case {
  const lines = Object.entries(asked).map(
    ([what, [x86, arm, ...args]]) =>
      `asks(${[JSON.stringify(what), `(${x86}, ${arm})`, ...args].join(', ')})`,
  )
  return attempt(name, lines.join('\n'), { native: true })
}

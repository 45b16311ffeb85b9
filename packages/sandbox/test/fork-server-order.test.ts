/** That no job leaves anything for the next: the law behind every warm box. */
import { driver, type ForkServer } from '@bench/sandbox'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alone, programs, python } from '../src/fork-server/conformance/case.js'
import { withPython } from './python.js'

for (const name of ['bubblewrap', 'docker'])
  await withPython(await driver(name), () =>
    test(`${name}: any jobs in any order have the results they have alone`, async () => {
      const { forkServer } = await driver(name)
      if (forkServer === undefined) throw new Error(`${name} has no fork server.`)
      const open = () => forkServer({ programs, limits: { outputBytes: 10_000 } })
      await using server = await open()
      const kinds = {
        tells: "tell('a', sorted(os.environ), os.getcwd(), os.listdir('.'))",
        random: 'import random\ntell(random.random(), hash("x"), {"a", "b", "c"})',
        raises: 'raise KeyError("x")',
        exits: 'sys.exit(9)',
        dies: 'import signal; os.kill(os.getpid(), signal.SIGTERM)',
        floods: "while True: print('x' * 1000)",
        litters: "open('f', 'w').write('x'); os.mkdir('d'); print('done')",
        forks: "os.fork() and os.wait()\nprint('two')",
        leaves: "import time\nif os.fork() == 0: time.sleep(100)\nprint('left')",
        patches: 'import builtins\nbuiltins.sorted = None\nos.environ.clear()',
        defines: 'x = 1\ntell(sorted(k for k in globals()))',
      }
      type Kind = keyof typeof kinds
      const seen = async (from: ForkServer, kind: Kind) => {
        const { reason, code, signal, told, out, err } = await alone(from, python(kinds[kind]))
        return { reason, code, signal, told, out, err }
      }
      const expected = new Map<Kind, unknown>()
      for (const kind of Object.keys(kinds) as Kind[]) {
        await using fresh = await open()
        expected.set(kind, await seen(fresh, kind))
      }
      const order = fc.array(fc.constantFrom(...(Object.keys(kinds) as Kind[])), {
        minLength: 5,
        maxLength: 15,
      })
      await fc.assert(
        fc.asyncProperty(order, async (sequence) => {
          for (const kind of sequence) expect(await seen(server, kind), kind).toEqual(expected.get(kind))
        }),
        { numRuns: 12 },
      )
    }, 120_000),
  )

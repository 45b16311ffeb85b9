import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { withPython } from './python.js'

const host = 'runs on the host: nothing is kept from it'
const group = 'only its process group is ended: a new session escapes'

await withPython(await driver('process'), () =>
  testDriver('process', () => driver('process'), {
    skip: {
      'memory shared between processes does not go past the limit either': host,
      'processes end at their number': host,
      'a fork bomb that never stops is stopped': host,
      'the disk ends at its size': host,
      'empty files end at a number': host,
      'a planted link leads no write out of the box': host,
      'a file larger than the disk may be is absent': host,
      'no network: neither loopback nor abstract sockets of the host': host,
      'no process of the host is seen, with its arguments or environment': host,
      'no file of the host is read but its programs': host,
      'nothing is writable but /tmp': host,
      'no descriptor and no terminal of ours': host,
      'no privilege, and no way to one': host,
      'two boxes do not see each other': host,
      'a daemon neither holds up the end of its command nor outlives it': group,
      'children of a command that ran out of time die with it': group,
    },
  }),
)

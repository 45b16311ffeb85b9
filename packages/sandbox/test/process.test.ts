import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { withPython } from './python.js'
import { machineStaysAsItIs } from './untouched.js'

const host = 'runs on the host: nothing is kept from it'
const group = 'only its process group is ended: a new session escapes'

machineStaysAsItIs()

await withPython(await driver('process'), () =>
  testDriver('process', () => driver('process'), {
    skip: {
      'files with many names count each time': host,
      'a folder that turns into a link while it is read leads to no file outside': host,
      'folders that a command has shut are open to the next, and to reader and writer': host,
      'a working folder that was put elsewhere leads no reader and no writer with it': host,
      'memory of all processes together ends at the limit': host,
      'memory shared between processes does not go past the limit either': host,
      'processes end at their number': host,
      'a fork bomb that never stops is stopped': host,
      'the disk ends at its size': host,
      'empty files end at a number': host,
      'a planted link leads no write out of the box': host,
      'a file larger than the disk may be is absent': host,
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

import { format, formatNames } from '@bench/report'
import { testFormat } from '@bench/report/testing'

const keepsText = { skip: { 'control characters': 'a cell holds exactly what was sent' } }

for (const name of formatNames) {
  testFormat(name, await format(name), name.endsWith('csv') ? keepsText : {})
}

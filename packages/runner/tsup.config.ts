import { library } from '../../tsup.base.ts'

export default library({
  index: 'src/index.ts',
  'record/index': 'src/record/index.ts',
  'queue/index': 'src/queue/index.ts',
  testing: 'src/testing.ts',
})

import { cp } from 'node:fs/promises'
import { library } from '../../tsup.base.ts'

export default library(
  { main: 'src/main.ts', config: 'src/config/door.ts' },
  {
    async onSuccess() {
      // The built-in datasets travel with the command: they are named by file stem, and so are copied as they are.
      await cp('../../datasets', 'dist/datasets', {
        recursive: true,
        filter: (path) => !path.endsWith('.md'),
      })
    },
  },
)

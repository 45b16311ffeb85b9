import { cp } from 'node:fs/promises'
import { library } from '../../tsup.base.ts'

export default library(
  { index: 'src/index.ts', mock: 'src/mock.ts', testing: 'src/testing.ts' },
  {
    // Of the SDK's 22 MB the Messages API needs 1 %: it is built in, with its licence, and not installed.
    noExternal: ['@anthropic-ai/sdk'],
    async onSuccess() {
      await cp('node_modules/@anthropic-ai/sdk/LICENSE', 'dist/LICENSE.anthropic-sdk')
    },
  },
)

import { controlModel } from '../control.js'
import type { Provider } from '../spec.js'

/** Sends an empty reply, and so must score nothing. */
export const provider: Provider = {
  name: 'null',
  local: true,
  control: true,
  model: async () => controlModel('null', () => ({ text: '' })),
}

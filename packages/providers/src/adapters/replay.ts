import { controlModel } from '../control.js'
import { ProviderError } from '../errors.js'
import { openRecording } from '../recording.js'
import type { Completion, Provider } from '../spec.js'

/**
 * Answers from a file of recorded completions: JSON Lines, also gzipped. Each line has `task_id` and one of
 * `completion` (goes on where the prompt ends), `response` or `output` (a chat reply), `solution` (a whole program,
 * as EvalPlus writes it). Several lines of one task are its repeats, in file order. The file is `settings.file`, or
 * the model's name.
 */
export const provider: Provider = {
  name: 'replay',
  local: true,
  control: true,
  async model(name, settings) {
    const file = settings.file ?? name
    if (!file) {
      throw new ProviderError(
        'bad_request',
        'replay needs a file of recorded completions: write replay:FILE.jsonl.',
      )
    }
    const recording = await openRecording(file, readRow)
    return controlModel(name ? `replay:${name}` : 'replay', async (_messages, { task }) => {
      if (!task) throw new ProviderError('bad_request', 'replay was not told which task is asked.')
      const recorded = await recording.read(task.id, task.repeat)
      if (recorded) return recorded
      const count = recording.count(task.id)
      throw new ProviderError(
        'not_found',
        count === 0
          ? `no recorded completion for ${task.id} in ${file}.`
          : `no recorded completion for ${task.id}, repeat ${task.repeat + 1}: ${file} has ${count}.`,
      )
    })
  },
}

const forms = {
  completion: 'continuation',
  response: 'chat',
  output: 'chat',
  solution: 'program',
} as const satisfies Record<string, Completion['form']>

function readRow(row: unknown): { id: string; value: Pick<Completion, 'text' | 'form'> } {
  const fields = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>
  const id = fields.task_id
  if (typeof id !== 'string' && typeof id !== 'number') throw new Error('has no task_id.')
  for (const [key, form] of Object.entries(forms)) {
    const text = fields[key]
    if (typeof text === 'string') return { id: String(id), value: { text, form } }
  }
  throw new Error(`has none of ${Object.keys(forms).join(', ')}.`)
}

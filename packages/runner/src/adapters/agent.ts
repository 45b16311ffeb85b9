import type { Completion, Message, ToolCall } from '@bench/providers'
import { courseOf, expectedIterations } from '../solve/agent/course.js'
import { agentOptions, limitReached } from '../solve/agent/limits.js'
import { callTool, failed, isTool, listing, type ToolResult, tools } from '../solve/agent/tools.js'
import { defineSolver } from '../solve/define.js'
import { firstMessages, stepOf } from '../solve/messages.js'
import type { Check, Workspace } from '../solve/spec.js'

/** Calls of one reply that are carried out. */
const callsAtOnce = 32

/** Characters of arguments beyond which a call is not given back to the model: it would be asked with them again and again. */
const argumentsCap = 2 << 20

/**
 * Lets the model work with tools on the task's files, which are its answer when it ends: by `finish`, by two replies without a call, or
 * by a limit. A model that wrote nothing is judged by its last reply, as with `single`.
 */
export const solver = defineSolver({
  name: 'agent',
  description: 'lets the model read, write and check files; what it leaves is the answer',
  options: agentOptions,
  async solve(task, model, { call, options, check, workspace: open, step, now }) {
    const began = now()
    const workspace = open()
    const messages: Message[] = firstMessages(task, brief(workspace, options.maxIterations))
    const completions: Completion[] = []
    const checks: { readonly iteration: number; readonly check: Check }[] = []
    const used: string[] = []
    let reminded = false
    for (const message of messages) step(stepOf(message))

    for (;;) {
      const over = limitReached(options, {
        completions,
        messages,
        elapsedMs: now() - began,
        call,
        model,
      })
      if (over !== undefined) return end(over)
      const completion = await model.generate(messages, { ...call, tools })
      completions.push(completion)
      const said = saidBy(completion)
      step({ ...stepOf(said), finish: completion.finish })
      if (completion.finish === 'refusal') return end('refusal')
      const calls = said.toolCalls ?? []
      if (calls.length === 0) {
        if (reminded) return end('reply')
        reminded = true
        say(said, { role: 'user', content: reminder })
        continue
      }
      say(said)
      if (await carryOut(calls)) return end('finish')
    }

    /** @returns whether the model says that it is done */
    async function carryOut(calls: readonly ToolCall[]): Promise<boolean> {
      for (const [index, one] of calls.entries()) {
        const result = index < callsAtOnce ? await run(one) : failed('not done: too many calls in one reply')
        if (isTool(one.name)) used.push(one.name)
        if (result.check !== undefined) checks.push({ iteration: completions.length, check: result.check })
        const { content, failed: wrong, check: checked } = result
        const said: Message = {
          role: 'tool',
          toolCallId: one.id,
          name: one.name,
          content,
          ...(wrong && { failed: true }),
        }
        messages.push(said)
        step({ ...stepOf(said), ...(checked && { check: checked }) })
        if (result.finished) return true
      }
      return false
    }

    function run(one: ToolCall): ToolResult | Promise<ToolResult> {
      if (one.arguments === tooLong) return failed(`the arguments are longer than ${argumentsCap} characters`)
      return callTool(one, { workspace, check })
    }

    function say(...more: Message[]): void {
      for (const message of more) {
        messages.push(message)
        if (message.role !== 'assistant') step(stepOf(message))
      }
    }

    function end(endedBy: string) {
      const calls = completions.reduce((sum, { toolCalls = [] }) => sum + toolCalls.length, 0)
      const facts = { endedBy, iterations: completions.length, toolCalls: calls, toolsUsed: used, checks }
      return {
        completions,
        course: courseOf(facts, expectedIterations(task.metadata)),
        ...(workspace.written && { answer: workspace.answer() }),
      }
    }
  },
})

const tooLong = '{"left_out":"too long"}'

/** A reply as it is given back to the model. */
function saidBy({ text, toolCalls = [], carry }: Completion): Extract<Message, { role: 'assistant' }> {
  const calls = toolCalls.map((one) =>
    one.arguments.length > argumentsCap ? { ...one, arguments: tooLong } : one,
  )
  const whole = calls.every((one, index) => one === toolCalls[index])
  return {
    role: 'assistant',
    // A turn without a word is refused by some providers.
    content: text.trim() === '' && calls.length === 0 ? '(no answer)' : text,
    ...(calls.length > 0 && { toolCalls: calls }),
    ...(carry !== undefined && whole && { carry }),
  }
}

const brief = (workspace: Workspace, iterations: number): string =>
  `

---

You work on the files of a project with tools. Your answer is what the files hold when you call finish; text that you write beside the
calls is not judged. You have ${iterations} turns at most. The files:

${listing(workspace)}`

const reminder =
  'You called no tool. Write your answer into the files with write_file, and call finish when you are done.'

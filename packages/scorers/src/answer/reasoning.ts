import { readMark } from './fences.js'
import { linesOf } from './lines.js'

/**
 * A reply without what its model thought aloud.
 *
 * - Channels (gpt-oss): where `<|channel|>…<|message|>` occurs, what the `final` ones say; without one nothing was said.
 * - Tags `think`, `thinking`, `reasoning`, `thought` and `seed:think`. One that never closes hides all that follows; one that only closes
 *   was opened by the prompt, and hides all before it. Within a fence of the answer's own a tag is text, as code may well be about such
 *   tags; one that only closes counts there if it stands at the beginning of its line.
 * - Other models' marks: `◁think▷`, `<|begin_of_thought|>`, and `[THINK]` where the reply begins with it.
 * - What ends a turn, such as `<|im_end|>`, at the reply's end.
 *
 * Blank lines between what was thought and the answer go with it.
 */
export function withoutReasoning(reply: string): string {
  const said = withoutTurnEnd(finalChannel(reply) ?? reply)
  const shown = withoutTags(withTags(said))
  return shown === said ? said : shown.replace(/^\s*\n/, '')
}

const turnEnds = [
  ...[
    'im_end',
    'eot_id',
    'eom_id',
    'endoftext',
    'end_of_text',
    'end',
    'return',
    'eos',
    'END_OF_TURN_TOKEN',
  ].map((name) => `<|${name}|>`),
  ...['</s>', '<end_of_turn>', '<eos>', '<｜end▁of▁sentence｜>'],
]

function withoutTurnEnd(reply: string): string {
  let shown = reply
  for (;;) {
    const kept = shown.trimEnd()
    const end = turnEnds.find((one) => kept.endsWith(one))
    if (end === undefined) return shown
    shown = kept.slice(0, -end.length)
  }
}

/** Other models' marks as tags. */
function withTags(reply: string): string {
  const square = /^\s*\[THINK\]/.test(reply)
    ? reply.replace('[THINK]', '<think>').replace('[/THINK]', '</think>')
    : reply
  return square
    .replace(/◁(\/?)think▷/g, '<$1think>')
    .replaceAll('<|begin_of_thought|>', '<think>')
    .replaceAll('<|end_of_thought|>', '</think>')
}

const channel = /<\|channel\|>(final|analysis|commentary)[^<\n]*(?:<\|constrain\|>[^<\n]*)?<\|message\|>/g

function finalChannel(reply: string): string | undefined {
  const messages = [...reply.matchAll(channel)]
  if (messages.length === 0) return undefined
  return messages
    .map((message, i) => {
      if (message[1] !== 'final') return ''
      const said = reply.slice(message.index + message[0].length, messages[i + 1]?.index)
      const end = said.search(/<\|(?:return|end|start|call)\|>/)
      return end < 0 ? said : said.slice(0, end)
    })
    .join('')
}

const tags = /<(\/?)(think|thinking|reasoning|thought|seed:think)>/g

function withoutTags(reply: string): string {
  let shown = ''
  let from = 0
  let hiddenBy: string | undefined
  let fence: string | undefined
  for (const { start, text } of linesOf(reply)) {
    const mark = hiddenBy === undefined ? readMark(text) : undefined
    if (mark) {
      if (fence === undefined) fence = mark.mark
      else if (mark.mark.startsWith(fence) && mark.info === '') fence = undefined
      continue
    }
    for (const { 0: all, 1: slash, 2: tag, index } of text.matchAll(tags)) {
      const end = start + index + all.length
      if (hiddenBy !== undefined) {
        if (slash === '' || tag !== hiddenBy) continue
        hiddenBy = undefined
        from = end
      } else if (slash === '') {
        if (fence !== undefined) continue
        shown += reply.slice(from, start + index)
        hiddenBy = tag
      } else if (fence === undefined || index === 0) {
        shown = ''
        fence = undefined
        from = end
      }
    }
  }
  return hiddenBy === undefined ? shown + reply.slice(from) : shown
}

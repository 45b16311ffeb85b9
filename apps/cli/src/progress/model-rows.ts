import { clean, cutEnd, cutMiddle, pad, widthOf } from '@bench/report'
import type { ModelTally } from './tally.js'
import { doneOf, halfOf, scoreOf, speedOf, spendOf } from './words.js'

/** A model's name is cut down to this before a column is left out. */
const narrowestName = 14

/** Whether the model is asked no further. */
export const isOver = (model: ModelTally): boolean => model.state !== 'asked' || model.done >= model.total

/**
 * A row for each model, ` ❯ ollama:qwen3:8b  31/120  38.8 ±7.9  local  104 tok/s  GPU 91 % 6.1 GB`, none wider than
 * `width`: what tells least is left out until a name has room.
 */
export function modelRows(
  models: readonly ModelTally[],
  gpu: string | undefined,
  width: number,
  color: boolean,
): string[] {
  const hosted = models.find((model) => model.local && !isOver(model))
  const cells = models.map((model) => ({
    name: clean(model.id),
    done: doneOf(model),
    score: scoreOf(model),
    half: halfOf(model),
    spend: spendOf(model),
    speed: speedOf(model),
    gpu: model === hosted ? (gpu ?? '') : '',
  }))
  const widthIn = (column: Column | 'name') => Math.max(0, ...cells.map((cell) => widthOf(cell[column])))
  const widths = {
    done: widthIn('done'),
    score: 5,
    half: 5,
    spend: widthIn('spend'),
    speed: widthIn('speed'),
    gpu: widthIn('gpu'),
  }
  const longest = widthIn('name')
  const columns = fitting(widths, Math.min(longest, narrowestName), width)
  const name = Math.min(longest, Math.max(1, width - lead - taken(widths, columns)))
  return models.map((model, i) => {
    const cell = cells[i]!
    const rest = columns.map((column) => {
      const side = column === 'half' || column === 'gpu' ? 'left' : 'right'
      return gapBefore(column) + pad(cell[column], widths[column], side)
    })
    const { mark, code } = marks[isOver(model) && model.state === 'asked' ? 'done' : model.state]
    const line = cutEnd(` ${mark} ${pad(cutMiddle(cell.name, name), name)}${rest.join('')}`.trimEnd(), width)
    return color ? line.replace(mark, `\u001b[${code}m${mark}\u001b[39m`) : line
  })
}

const marks = {
  asked: { mark: '❯', code: 36 },
  done: { mark: '✓', code: 32 },
  enough: { mark: '✓', code: 32 },
  stopped: { mark: '✗', code: 31 },
} as const

/** What stands before a name. */
const lead = 3

type Column = 'done' | 'score' | 'half' | 'spend' | 'speed' | 'gpu'
type Widths = Readonly<Record<Column, number>>

const gapBefore = (column: Column): string => (column === 'half' ? ' ' : '  ')

function fitting(widths: Widths, name: number, width: number): Column[] {
  let columns = (['done', 'score', 'half', 'spend', 'speed', 'gpu'] as Column[]).filter(
    (column) => widths[column] > 0,
  )
  for (const least of ['gpu', 'speed', 'spend', 'half', 'score']) {
    if (lead + name + taken(widths, columns) <= width) {
      break
    }
    columns = columns.filter((column) => column !== least)
  }
  return columns
}

const taken = (widths: Widths, columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widths[column] + gapBefore(column).length, 0)

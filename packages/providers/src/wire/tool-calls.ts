import type { ToolCall } from '../spec.js'
import { json } from './loose.js'

/** What one message of a stream tells of a call. */
export interface CallPiece {
  /** Where in the reply it stands, as the server counts; absent where it does not. */
  readonly index?: string | number | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** The next characters of the arguments, or all of them as an object. */
  readonly arguments?: unknown
}

interface Call {
  index: string | number | undefined
  id: string | undefined
  name: string
  arguments: string
}

/**
 * Tool calls out of their pieces. Pieces belong together by index; where a server sends none, or the same for all,
 * a new id begins a new call, and a piece without id goes on with the last one.
 */
export class ToolCalls {
  /** Characters of arguments so far. */
  size = 0
  readonly #calls: Call[] = []

  get any(): boolean {
    return this.#calls.length > 0
  }

  add(piece: CallPiece): void {
    // Some servers write the word for none.
    const id = piece.id === 'null' ? undefined : piece.id
    const more = written(piece.arguments)
    const known = this.#find(piece, id)
    // Some servers fill every message with an empty call.
    if (!known && !id && !piece.name && more === '') return
    const call = known ?? this.#begin(piece.index)
    call.id ??= id
    call.name ||= piece.name ?? ''
    if (more === '' || repeated(call.arguments, more)) return
    call.arguments += more
    this.size += more.length
  }

  /** @param cut the reply was cut off: arguments of which nothing came are not known to be none */
  list(cut: boolean): ToolCall[] {
    const given = new Set<string>()
    return this.#calls.map((call, place) => {
      const id = call.id === undefined || given.has(call.id) ? `${madeUp}${place + 1}` : call.id
      given.add(id)
      const nothing = call.arguments.trim() === '' && !cut
      return { id, name: call.name, arguments: nothing ? '{}' : call.arguments }
    })
  }

  #find({ index, name }: CallPiece, id: string | undefined): Call | undefined {
    if (index === undefined) {
      if (id !== undefined) return this.#calls.findLast((call) => call.id === id)
      return name ? undefined : this.#calls.at(-1)
    }
    const at = this.#calls.findLast((call) => call.index === index)
    const another = name && id !== undefined && at?.id !== undefined && at.id !== id
    return another ? undefined : at
  }

  #begin(index: string | number | undefined): Call {
    const call: Call = { index, id: undefined, name: '', arguments: '' }
    this.#calls.push(call)
    return call
  }
}

const madeUp = 'call_made_up_'

/** Whether an id is ours, because the provider gave none. */
export const isMadeUp = (id: string): boolean => id.startsWith(madeUp)

/**
 * A name as servers take it back in a history: a model may call what there is no tool of, by a name that the next request would be
 * refused for (`multi_tool_use.parallel`, https://github.com/microsoft/semantic-kernel/issues/4447).
 */
export function takenName(name: string): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_')
  return (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, 64)
}

/**
 * The arguments as servers take them back in a history: what is no JSON object is refused there by vLLM and llama.cpp, again and again
 * (https://github.com/vllm-project/vllm/issues/43995).
 */
export const takenArguments = (call: ToolCall): string =>
  isObject(json(call.arguments)) ? call.arguments : '{}'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The arguments as an object, for wires that want one; empty where the model wrote none that can be read. */
export function argumentsOf(call: Pick<ToolCall, 'arguments'>): Readonly<Record<string, unknown>> {
  const parsed = json(call.arguments)
  return isObject(parsed) ? parsed : {}
}

const written = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

/** Some servers end a call by sending its whole arguments once more. */
const repeated = (whole: string, more: string): boolean =>
  whole.endsWith('}') && more.startsWith('{') && json(whole) !== undefined

import { distance } from 'fastest-levenshtein'
import type { ProviderError } from '../errors.js'
import type { ModelInfo } from '../spec.js'

const limitMs = 3000
const most = 3

/** Says, once a model was not found, which names come nearest to it: of the provider's own list, asked for once. */
export class Nearest {
  readonly #name: string
  readonly #list: () => Promise<readonly ModelInfo[]>
  #said: Promise<string> | undefined

  constructor(name: string, list: (() => Promise<readonly ModelInfo[]>) | undefined) {
    this.#name = name
    this.#list = list ?? (async () => [])
  }

  /** The fault, with the nearest names in its message where the list can be had within 3 s. */
  async tell(error: ProviderError): Promise<ProviderError> {
    this.#said ??= within(this.#list(), limitMs).then(
      (models) => suggestion(nearest(this.#name, models)),
      () => '',
    )
    const said = await this.#said
    return said === '' ? error : error.with({}, `${error.message} ${said}`)
  }
}

/** By edit distance, of the whole name or of what follows its maker: `gpt-4o` is near `openai/gpt-4o`. */
function nearest(name: string, models: readonly ModelInfo[]): readonly string[] {
  const wanted = name.toLowerCase()
  return models
    .filter((model) => printable.test(model.name))
    .map((model) => {
      const full = model.name.toLowerCase()
      return { name: model.name, far: Math.min(distance(wanted, full), distance(wanted, tail(full))) }
    })
    .filter(({ far }) => far <= Math.max(3, wanted.length / 2))
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, most)
    .map((one) => one.name)
}

/** A server's list is a server's words: what is no name is not repeated. */
const printable = /^[\w.:/@+-]{1,120}$/

const tail = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

const suggestion = (names: readonly string[]): string =>
  names.length === 0 ? '' : `Did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too late')), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

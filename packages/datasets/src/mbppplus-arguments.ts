import type { Json } from './spec.js'

/**
 * The arguments of MBPP+ in their own types, in the notation of values. JSON has lists only; which of them are tuples or sets, and
 * which texts are complex numbers, EvalPlus says by problem: `mbpp_deserialize_inputs` of `evalplus/data/mbpp.py`, v0.3.1.
 * Of data that no such type can be made of, it is what was written that is passed.
 */
export function mbppPlusArguments(problem: string, inputs: readonly Json[]): readonly Json[] {
  const restore = restorers.get(Number(problem.split('/').at(-1)))
  return restore === undefined ? inputs : inputs.map((list) => restore(list as readonly Json[]))
}

type Restore = (args: readonly Json[]) => readonly Json[]

/** Each argument; each element of each argument. */
const each =
  (change: (value: Json) => Json): Restore =>
  (args) =>
    args.map(change)
const inside =
  (change: (value: Json) => Json) =>
  (value: Json): Json =>
    Array.isArray(value) ? value.map(change) : value
/** The first argument only, or the second. */
const first =
  (change: (value: Json) => Json): Restore =>
  ([one, ...others]) => [change(one as Json), ...others]
const second =
  (change: (value: Json) => Json): Restore =>
  ([one, two, ...others]) => [one as Json, change(two as Json), ...others]

const restorers: ReadonlyMap<number, Restore> = new Map(
  (
    [
      [
        [
          2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740,
          744, 809,
        ],
        each(tuple),
      ],
      [[63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780], each(inside(tuple))],
      [[75, 413, 444, 753], first(inside(tuple))],
      [[106, 750], second(tuple)],
      // What is no list, or empty, is an empty dict there.
      [[115], first(inside((value) => (Array.isArray(value) && value.length > 0 ? { $set: value } : {})))],
      [[124], ([real, other]) => [float(real as Json), complex(other as Json)]],
      [[250, 405, 446, 617, 720, 763, 808, 307], first(tuple)],
      [[259, 401, 445], each((value) => tuple(inside(tuple)(value)))],
      [
        [278],
        first((value) => tuple(inside((inner) => (Array.isArray(inner) ? tuple(inner) : inner))(value))),
      ],
      [[722], first(values(tuple))],
      [[252], first(complex)],
      [[580, 615, 791], each(allTuples)],
    ] satisfies [number[], Restore][]
  ).flatMap(([problems, restore]) => problems.map((problem) => [problem, restore] as const)),
)

/** `tuple(value)`: of a text its characters, of a dict its keys. */
function tuple(value: Json): Json {
  if (Array.isArray(value)) return { $tuple: value }
  if (typeof value === 'string') return { $tuple: [...value] }
  const pairs = pairsOf(value)
  return pairs === undefined ? value : { $tuple: pairs.map(([key]) => key) }
}

/** A dict with each value changed. */
function values(change: (value: Json) => Json) {
  return (value: Json): Json => {
    const pairs = pairsOf(value)
    return pairs === undefined ? value : { $dict: pairs.map(([key, inner]) => [key, change(inner)]) }
  }
}

/** What a dict holds, in order; undefined for what is none. */
function pairsOf(value: Json): readonly (readonly [Json, Json])[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if ('$dict' in value) return value.$dict as [Json, Json][]
  return Object.keys(value).some((key) => key.startsWith('$')) ? undefined : Object.entries(value)
}

function allTuples(value: Json): Json {
  return Array.isArray(value) ? { $tuple: value.map(allTuples) } : value
}

/** `float(value)` of a text or an integer. */
function float(value: Json): Json {
  return typeof value === 'string' || typeof value === 'number' ? { $float: String(value) } : value
}

/** `complex(value)` of an integer or a text such as `1j`, `2.5`, `(-0-1e-16j)`. */
function complex(value: Json): Json {
  const written = String(value).replace(/^\((.*)\)$/, '$1')
  const [matched, real = '0.0', imaginary = '0.0'] = complexText.exec(written) ?? []
  return matched === undefined ? value : { $complex: [real, imaginary].map((part) => part.replace('+', '')) }
}

const complexText =
  /^(?:([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?=[-+]|$))?(?:([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)j)?$/

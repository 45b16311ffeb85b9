import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import type { LanguageModel } from './language.js'
import type { PunktModel } from './sentences.js'

/** What was learnt of languages, as published; sources and licences in `data/README.md`. */
export interface Models {
  readonly english: PunktModel
  readonly languages: LanguageModel
}

let loaded: Promise<Models> | undefined

/** Read once, on first use. */
export function loadModels(): Promise<Models> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Models> {
  const [english, languages] = await Promise.all([
    read('punkt-english.json.br'),
    read('language-profiles.json.br'),
  ])
  return { english: punkt(english as PunktFile), languages: profiles(languages as ProfilesFile) }
}

/** Bundles lie flat beside `data/` as sources lie beside it in folders: the nearest one above is meant. */
async function read(file: string): Promise<unknown> {
  const packed = await readFile(new URL(`../data/${file}`, import.meta.url)).catch(() =>
    readFile(new URL(`../../data/${file}`, import.meta.url)),
  )
  return JSON.parse(String(await promisify(brotliDecompress)(packed)))
}

interface PunktFile {
  readonly abbreviations: readonly string[]
  readonly collocations: readonly string[]
  readonly starters: readonly string[]
  /** Words by the sum of how they were seen. */
  readonly seen: Readonly<Record<string, string>>
}

function punkt({ abbreviations, collocations, starters, seen }: PunktFile): PunktModel {
  const words = Object.entries(seen).flatMap(([how, list]) =>
    list.split(' ').map((word) => [word, Number(how)] as const),
  )
  return {
    abbreviations: new Set(abbreviations),
    collocations: new Set(collocations),
    starters: new Set(starters),
    seen: new Map(words),
  }
}

interface ProfilesFile {
  readonly languages: readonly {
    readonly code: string
    /** Sums over all groups of one, two and three letters. */
    readonly totals: readonly [number, number, number]
    /** Groups, joined with a line feed, and how often each was met. */
    readonly grams: string
    readonly counts: readonly number[]
  }[]
  /** Lists of ideographs that are met alike. */
  readonly ideographs: readonly string[]
}

function profiles({ languages, ideographs }: ProfilesFile): LanguageModel {
  const counts = languages.map(
    ({ grams, counts }) => new Map(grams.split('\n').map((gram, i) => [gram, counts[i]!])),
  )
  return {
    codes: languages.map(({ code }) => code),
    frequencies(gram) {
      if (!counts.some((known) => known.has(gram))) return undefined
      return Float64Array.from(languages, ({ totals }, i) => {
        return (counts[i]!.get(gram) ?? 0) / totals[(gram.length - 1) as 0 | 1 | 2]
      })
    },
    ideographs: new Map(ideographs.flatMap((list) => Array.from(list, (one) => [one, list.charAt(0)]))),
  }
}

import { addSecret, isModule, parseModelId, providerNames } from '@bench/providers'
import { byOwnName } from './aliases.js'
import { addPassword, check, notSet } from './check.js'
import type { Interpolated } from './interpolate.js'
import type { ModelEntry } from './model-entry.js'
import { modelTable } from './model-options.js'
import type { OptionName } from './run-options.js'
import { fault, type Written } from './written.js'

/** Most and fewest tokens that are usual; more is a model's own affair. */
const usualTokens = { least: 100, most: 8000 }

/**
 * The models of a file.
 * @throws Exit `usage` naming file, line and place
 */
export async function modelsOf(
  written: Written,
  filled: Interpolated,
  list: readonly unknown[],
): Promise<{ readonly models: readonly ModelEntry[]; readonly notices: readonly string[] }> {
  const { modelSchema, knownAt } = list.length === 0 ? nothing : await import('./schema.js')
  const notices: string[] = []
  const missing = new Map(
    filled.missing.filter(({ path }) => path[0] === 'models').map((one) => [one.path[1], one]),
  )
  const models = list.map((value, index): ModelEntry => {
    const path = ['models', index]
    const said = typeof value === 'string' ? { model: value } : value
    const one = check(written, filled, modelSchema, { path, value: said, knownAt }) as Entry
    const line = written.line(path)
    const place = `${written.file}${line === undefined ? '' : `:${line}`}: models[${index}]`
    const tokens = one.max_tokens
    if (tokens !== undefined && (tokens < usualTokens.least || tokens > usualTokens.most)) {
      notices.push(`${place}.max_tokens is ${tokens}; ${usualTokens.least} to ${usualTokens.most} is usual`)
    }
    addSecret(one.api_key)
    if (one.endpoint !== undefined) addPassword(one.endpoint)
    const lost = missing.get(index)
    return {
      place,
      named: namedBy(written, one, index),
      ...(one.model !== undefined && one.name !== undefined && { label: one.name }),
      ...(lost !== undefined && { lacks: notSet(written, lost) }),
      ...partsOf(one),
    }
  })
  refuseTwice(written, models)
  return { models, notices }
}

interface Entry extends Readonly<Record<string, unknown>> {
  readonly provider?: string
  readonly model?: string
  readonly name?: string
  readonly api_key?: string
  readonly endpoint?: string
  readonly max_tokens?: number
}

/** Stands for the schema where there is nothing to check. */
const nothing = {
  modelSchema: { safeParse: (data: unknown) => ({ success: true, data }) as const },
  knownAt: () => [],
}

function namedBy(written: Written, { provider, model, name }: Entry, index: number): string {
  const given = model ?? name
  const wanted = given === undefined ? undefined : byOwnName(given)
  const said = provider === undefined ? undefined : byOwnName(provider)
  if (said !== undefined) {
    if (wanted === undefined || wanted === said || said.includes(':')) return said
    return wanted.startsWith(`${said}:`) ? wanted : `${said}:${wanted}`
  }
  if (wanted === undefined) {
    throw fault(
      written.file,
      `models[${index}] names no model: give provider and model`,
      written.line(['models', index]),
    )
  }
  const known = (providerNames as readonly string[]).includes(parseModelId(wanted).provider)
  if (known || wanted.includes(':') || isModule(wanted)) return wanted
  throw fault(
    written.file,
    `models[${index}] names no provider: write provider:${wanted}, or give provider`,
    written.line(['models', index]),
  )
}

function partsOf(one: Entry): Pick<ModelEntry, 'call' | 'settings'> {
  const parts: { call: Record<string, unknown>; settings: Record<string, unknown> } = {
    call: {},
    settings: {},
  }
  for (const [key, { to, as, seconds }] of Object.entries(modelTable)) {
    const value = one[key]
    if (to === undefined || as === undefined || value === undefined) continue
    parts[to][as] = seconds ? Number(value) * 1000 : value
  }
  return parts as Pick<ModelEntry, 'call' | 'settings'>
}

function refuseTwice(written: Written, models: readonly ModelEntry[]): void {
  const seen = new Map<string, number>()
  for (const [index, { named }] of models.entries()) {
    const before = seen.get(named)
    seen.set(named, index)
    if (before === undefined) continue
    const what = `models[${index}] is ${named}, as models[${before}] is: a run asks each model once, by one set of settings`
    throw fault(written.file, what, written.line(['models', index]))
  }
}

/** The same without what a flag says of all models: a flag beats a file. */
export function withoutFlagged(entry: ModelEntry, flagged: ReadonlySet<OptionName>): ModelEntry {
  const dropped = new Set(
    Object.values(modelTable).flatMap(({ run, as }) =>
      run !== undefined && flagged.has(run as OptionName) ? [as] : [],
    ),
  )
  if (dropped.size === 0) return entry
  const kept = (parts: object) =>
    Object.fromEntries(Object.entries(parts).filter(([key]) => !dropped.has(key)))
  return { ...entry, call: kept(entry.call), settings: kept(entry.settings) as ModelEntry['settings'] }
}

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DatasetError } from './errors.js'
import { fileStamp } from './source-file.js'
import type { Dataset } from './spec.js'

/** Whether a path names code, which is run to get the dataset: only ever where a person named it. */
export function isModulePath(path: string): boolean {
  return /\.[cm]?[jt]s$/i.test(path)
}

/**
 * Opens the dataset that a module exports as default: what `defineDataset` returns.
 * @throws DatasetError `unreadable` where the module fails, `invalid` where it exports something else
 */
export async function openModule(path: string): Promise<Dataset> {
  await fileStamp(path)
  const exported: unknown = await load(path)
  if (isDataset(exported)) return { ...exported, source: path }
  throw new DatasetError('invalid', `${path}: its default export is no dataset; export defineDataset({ … })`)
}

async function load(path: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(pathToFileURL(resolve(path)).href)
    return await module.default
  } catch (cause) {
    if (cause instanceof DatasetError) throw new DatasetError(cause.code, `${path}: ${cause.message}`, cause)
    const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause)
    const tooOld = /unknown file extension/i.test(reason)
    const next = tooOld ? '; this Node reads no TypeScript: use Node 22.18 or newer, or build it' : ''
    throw new DatasetError('unreadable', `${path}: cannot be imported: ${reason}${next}`, cause)
  }
}

function isDataset(value: unknown): value is Dataset {
  if (typeof value !== 'object' || value === null) return false
  const { name, version, hash, size, tasks } = value as Partial<Record<keyof Dataset, unknown>>
  const texts = [name, version, hash].every((text) => typeof text === 'string')
  return texts && typeof size === 'number' && typeof tasks === 'function'
}

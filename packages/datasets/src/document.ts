import { createHash, type Hash } from 'node:crypto'
import type { z } from 'zod'
import { DatasetError } from './errors.js'
import { explainIssue, Faults, quoted } from './faults.js'
import { fileStamp, type ReadOptions, readChunks } from './source-file.js'
import type { Dataset, Task } from './spec.js'

/** What a file is read into: its items one by one and, anywhere among them, its header. */
export type Part =
  | { readonly kind: 'item'; readonly position: number; readonly value: unknown }
  | { readonly kind: 'header'; readonly value: unknown }

/** How a format is written down: JSON, YAML, a line per item. */
export interface Syntax {
  /** Reads the whole file, each time from its start. */
  parts(path: string, options: ReadOptions): AsyncIterable<Part>
  /** An item's place, for messages: `test_cases[3]`, `line 4`. */
  place(position: number): string
  /** Its bytes as they are hashed, where the file is no text. */
  bytes?(path: string, options: ReadOptions): AsyncIterable<Uint8Array>
}

/** What a format means. */
export interface Shape<Header, Item> {
  readonly header: z.ZodType<Header>
  readonly item: z.ZodType<Item>
  describe(header: Header, hash: string): { name: string; version: string; description?: string | undefined }
  /** The item's id as its task has it. `position` is its place in the file as its syntax counts. */
  id(item: Item, position: number): string
  task(item: Item, header: Header, position: number): Task
  /** Which items are tasks of this dataset; absent means all. All are validated. */
  readonly selection?: {
    keeps(item: Item): boolean
    /** What they are, after "none of its 3 cases is …". */
    readonly what: string
  }
}

/**
 * Opens a dataset of any syntax and shape. The file is read once here, to validate all of it, and once for each
 * call of `tasks()`; a file that changed in between is refused.
 */
export async function openDocument<Header, Item>(
  path: string,
  syntax: Syntax,
  shape: Shape<Header, Item>,
  signal?: AbortSignal,
): Promise<Dataset> {
  const stamp = await fileStamp(path)
  const { header, hash, size } = await validate(path, syntax, shape, signal)
  const { name, version, description } = shape.describe(header, hash)

  async function* tasks(): AsyncGenerator<Task> {
    if ((await fileStamp(path)) !== stamp && (await hashOf(path, syntax)) !== hash) throw changed(path)
    const digest = createHash('sha256')
    for await (const part of syntax.parts(path, { hash: digest })) {
      if (part.kind === 'header') continue
      const item = shape.item.safeParse(part.value)
      if (!item.success) throw changed(path)
      if (shape.selection?.keeps(item.data) ?? true) yield shape.task(item.data, header, part.position)
    }
    if (digest.digest('hex') !== hash) throw changed(path)
  }

  return { name, version, ...(description !== undefined && { description }), source: path, hash, size, tasks }
}

async function validate<Header, Item>(
  path: string,
  syntax: Syntax,
  shape: Shape<Header, Item>,
  signal: AbortSignal | undefined,
): Promise<{ header: Header; hash: string; size: number }> {
  const digest: Hash = createHash('sha256')
  const faults = new Faults()
  const places = new Map<string, number>()
  let written: unknown
  let count = 0
  let size = 0
  let last = -1
  for await (const part of syntax.parts(path, { hash: digest, signal })) {
    if (part.kind === 'header') {
      written = part.value
      continue
    }
    count++
    const place = syntax.place(part.position)
    if (part.position <= last) faults.add(place, 'a second list of the same name; keep one')
    last = part.position
    const item = shape.item.safeParse(part.value, { error: explainIssue })
    if (!item.success) {
      faults.addIssues(`${place}${idHint(part.value)}`, item.error)
      continue
    }
    if (shape.selection?.keeps(item.data) ?? true) size++
    const id = shape.id(item.data, part.position)
    const before = places.get(id)
    if (before === undefined) places.set(id, part.position)
    else faults.add(place, `id ${quoted(id)} is already that of ${syntax.place(before)}; ids are unique`)
  }
  const header = shape.header.safeParse(written, { error: explainIssue })
  const headerFaults = new Faults()
  if (!header.success) headerFaults.addIssues('', header.error)
  else if (count === 0) headerFaults.add('', 'has no cases; a dataset needs at least one')
  headerFaults.followedBy(faults).throwIfAny(path)
  if (size === 0) {
    throw new DatasetError('bad_option', `${path}: none of its ${count} cases is ${shape.selection?.what}`)
  }
  // Where the header is at fault, that was thrown.
  return { header: header.data as Header, hash: digest.digest('hex'), size }
}

/** ` ("case-4")`, where the item has something like an id. */
function idHint(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  const id = 'id' in value ? value.id : 'task_id' in value ? value.task_id : undefined
  return typeof id === 'string' ? ` (${quoted(id)})` : ''
}

async function hashOf(path: string, { bytes = readChunks }: Syntax): Promise<string> {
  const hash = createHash('sha256')
  for await (const _ of bytes(path, { hash })) {
    // Read for its bytes only.
  }
  return hash.digest('hex')
}

function changed(path: string): DatasetError {
  return new DatasetError('changed', `${path}: changed since it was opened; open it again`)
}

import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { rawLines } from '../local/raw-lines.js'
import { makeFolder, storageError, syncFolder, writeAll, writeFileDurably } from '../local/storage.js'
import { type BatchRecord, batchRecord } from './record.js'

/** A run's batches on disk: `batches/` in its folder. Whoever opens it holds the run's lock. */
export interface BatchJournal {
  readonly records: readonly BatchRecord[]
  /** Begins a batch; nothing of it counts before {@link Draft.seal}. */
  draft(model: string): Promise<Draft>
  /** Resolves once it is durable. */
  update(record: BatchRecord): Promise<void>
  /** Forgets a batch that was surely never handed in. */
  remove(record: BatchRecord): Promise<void>
  /** The lines to hand in. */
  requests(record: BatchRecord): AsyncIterable<Uint8Array>
  /** Keeps a batch's results, whole or not at all. @param fill is given what takes a line, without newline */
  keepResults(
    record: BatchRecord,
    fill: (take: (line: string) => Promise<void>) => Promise<void>,
  ): Promise<void>
  /** Where a batch's results are. */
  resultsFile(record: BatchRecord): string
}

export interface Draft {
  readonly count: number
  readonly bytes: number
  /** @param line with its newline */
  add(id: string, line: Buffer): Promise<void>
  /** Makes it durable: from here on it is a batch about to be handed in. */
  seal(): Promise<BatchRecord>
  /** Throws it away. */
  drop(): Promise<void>
}

const newline = Buffer.from('\n')

/** @throws RunnerError `storage`, in each of its methods too */
export async function openJournal(dir: string, run: string): Promise<BatchJournal> {
  const folder = join(dir, 'batches')
  const pathOf = (label: string, what: string): string => join(folder, `${label}.${what}`)
  const records = await readRecords(folder)
  await removeOrphans(folder, records)

  const update = async (record: BatchRecord): Promise<void> => {
    await writeFileDurably(pathOf(record.label, 'json'), `${JSON.stringify(record)}\n`)
    const at = records.findIndex(({ label }) => label === record.label)
    if (at < 0) records.push(record)
    else records[at] = record
  }

  return {
    records,
    update,
    async draft(model) {
      const tail = randomBytes(4).toString('hex')
      const label = `bench-${run.replace(/[^\w-]/g, '').slice(0, 40)}-${tail}`
      const path = pathOf(label, 'requests.jsonl')
      const handle = await guarded('create', path, async () => {
        await makeFolder(folder)
        return open(path, 'wx')
      })
      const ids: string[] = []
      let bytes = 0
      return {
        get count() {
          return ids.length
        },
        get bytes() {
          return bytes
        },
        async add(id, line) {
          await guarded('write', path, () => writeAll(handle, line))
          ids.push(id)
          bytes += line.length
        },
        async seal() {
          await guarded('write', path, async () => {
            await handle.sync()
            await handle.close()
            await syncFolder(folder)
          })
          const at = new Date().toISOString()
          const record: BatchRecord = { v: 1, label, model, ids, bytes, status: 'sending', at, lastAt: at }
          await update(record)
          return record
        },
        async drop() {
          await handle.close()
          await rm(path, { force: true })
        },
      }
    },
    async remove(record) {
      await guarded('remove', pathOf(record.label, 'json'), async () => {
        await rm(pathOf(record.label, 'json'), { force: true })
        await rm(pathOf(record.label, 'requests.jsonl'), { force: true })
        await syncFolder(folder)
      })
      records.splice(records.indexOf(record), 1)
    },
    async *requests(record) {
      for await (const { bytes } of rawLines(pathOf(record.label, 'requests.jsonl')))
        yield Buffer.concat([bytes, newline])
    },
    async keepResults(record, fill) {
      const path = pathOf(record.label, 'results.jsonl')
      const part = `${path}.part`
      let handle: FileHandle | undefined
      try {
        handle = await guarded('create', part, () => open(part, 'w'))
        const file = handle
        await fill((line) => guarded('write', part, () => writeAll(file, Buffer.from(`${line}\n`))))
        await guarded('write', part, () => file.sync())
      } finally {
        await handle?.close()
      }
      await guarded('rename', part, async () => {
        await rename(part, path)
        await syncFolder(folder)
      })
    },
    resultsFile: (record) => pathOf(record.label, 'results.jsonl'),
  }
}

async function readRecords(folder: string): Promise<BatchRecord[]> {
  const names = await namesIn(folder)
  const records: BatchRecord[] = []
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const path = join(folder, name)
    const text = await guarded('read', path, () => readFile(path, 'utf8'))
    try {
      records.push(batchRecord.parse(JSON.parse(text)))
    } catch (cause) {
      // Written whole or not at all: somebody else wrote it, and what it says of money is not to be guessed.
      throw storageError('understand', path, cause)
    }
  }
  return records.sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** What a crash left of a batch that was never about to be handed in. */
async function removeOrphans(folder: string, records: readonly BatchRecord[]): Promise<void> {
  const known = new Set(records.map(({ label }) => label))
  for (const name of await namesIn(folder)) {
    const label = name.slice(0, name.indexOf('.'))
    if (!known.has(label) || name.endsWith('.tmp') || name.endsWith('.part'))
      await rm(join(folder, name), { force: true })
  }
}

/** None where there is no such folder. One that cannot be read may hold batches: to take it for empty would pay for them twice. */
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw storageError('read', folder, error)
  })

async function guarded<T>(what: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw storageError(what, path, error)
  }
}

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import type { Part, Syntax } from './document.js'
import { DatasetError } from './errors.js'
import type { ReadOptions } from './source-file.js'
import type { Json } from './spec.js'
import type { TableSyntax } from './table.js'

/** Parquet, row group by row group, only the columns that are asked for; any of its compressions. */
export const parquet: TableSyntax = {
  unit: 'row',
  async columns(path) {
    await using file = await openBuffer(path)
    const { parquetSchema } = await import('hyparquet')
    return parquetSchema(await readFooter(path, file)).children.map(({ element }) => element.name)
  },
  rows: (columns): Syntax => ({
    async *parts(path, options) {
      yield* rows(path, columns, options)
      yield { kind: 'header', value: {} }
    },
    bytes: readBytes,
    place: (position) => `row ${position}`,
  }),
}

async function* rows(
  path: string,
  columns: readonly string[],
  { hash, signal }: ReadOptions,
): AsyncGenerator<Part> {
  if (hash !== undefined) for await (const _ of readBytes(path, { hash, signal })) void _
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  await using file = await openBuffer(path)
  const metadata = await readFooter(path, file)
  let rowStart = 0
  for (const { num_rows } of metadata.row_groups) {
    signal?.throwIfAborted()
    const rowEnd = rowStart + Number(num_rows)
    const group = { file, metadata, compressors, columns: [...columns], rowStart, rowEnd }
    const read = await parquetReadObjects(group).catch((cause: unknown) => {
      throw invalid(path, cause)
    })
    for (const value of read) yield { kind: 'item', position: ++rowStart, value: plain(value) }
  }
}

async function* readBytes(path: string, { hash, signal }: ReadOptions): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted()
    hash?.update(chunk)
    yield chunk
  }
}

async function openBuffer(path: string): Promise<AsyncBuffer & AsyncDisposable> {
  const file = await open(path)
  const { size } = await file.stat()
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      await file.read(bytes, 0, bytes.length, start)
      return bytes.buffer
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

async function readFooter(path: string, file: AsyncBuffer): Promise<FileMetaData> {
  const { parquetMetadataAsync } = await import('hyparquet')
  return parquetMetadataAsync(file).catch((cause: unknown) => {
    throw invalid(path, cause)
  })
}

function invalid(path: string, cause: unknown): DatasetError {
  const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause)
  return new DatasetError('syntax', `${path}: not valid Parquet: ${reason}; fetch it again`, cause)
}

/** A value as JSON has it. Whole numbers beyond 2^53 and times become text. */
function plain(value: unknown): Json {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : (value as Json)
}

import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ProviderError } from './errors.js'

/** One line of a file: its place in bytes and its number, 1 being the first. */
interface Place {
  readonly start: number
  readonly length: number
  readonly line: number
}

/** A JSON Lines file known by where its lines begin; a line is read when it is asked for. */
export interface Recording<T> {
  /** How many lines there are for an id; 0 for an unknown one. */
  count(id: string): number
  /** The nth line of an id, 0 being the first; undefined where there is none. */
  read(id: string, nth: number): Promise<T | undefined>
}

const maxLine = 64 * 1024 * 1024
const maxInflated = 512 * 1024 * 1024

/**
 * Reads a file once, checking every line and keeping only offsets. A gzipped file cannot be read from the middle,
 * so its bytes are held (at most 512 MiB).
 * @param parse gives a line's id and value; its error message is put behind file and line
 * @throws ProviderError `not_found` for a missing file, `bad_request` naming file and line for a bad one.
 */
export async function openRecording<T>(
  file: string,
  parse: (row: unknown) => { id: string; value: T },
): Promise<Recording<T>> {
  const parsed = (bytes: Buffer, line: number) => {
    try {
      return parse(JSON.parse(bytes.toString('utf8')))
    } catch (error) {
      const why = error instanceof SyntaxError ? `not JSON (${error.message})` : (error as Error).message
      throw new ProviderError('bad_request', `${file}, line ${line}: ${why.slice(0, 200)}`)
    }
  }
  const places = new Map<string, Place[]>()
  const held = file.endsWith('.gz') ? await inflate(file) : undefined
  for await (const [place, bytes] of lines(file, held)) {
    const { id } = parsed(bytes, place.line)
    const known = places.get(id)
    if (known) known.push(place)
    else places.set(id, [place])
  }
  return {
    count: (id) => places.get(id)?.length ?? 0,
    async read(id, nth) {
      const place = places.get(id)?.[nth]
      if (!place) return undefined
      const bytes = held?.subarray(place.start, place.start + place.length) ?? (await readAt(file, place))
      return parsed(bytes, place.line).value
    },
  }
}

async function* lines(file: string, held: Buffer | undefined): AsyncGenerator<[Place, Buffer]> {
  let start = 0
  let line = 0
  let rest: Buffer[] = []
  let restLength = 0
  const take = (tail: Buffer): [Place, Buffer] | undefined => {
    const whole = rest.length > 0 ? Buffer.concat([...rest, tail]) : tail
    const mark = line === 0 && whole.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0
    const bytes = whole.subarray(mark)
    const place = { start: start + mark, length: bytes.length, line: ++line }
    start += whole.length + 1
    rest = []
    restLength = 0
    return /\S/.test(bytes.toString('latin1', 0, Math.min(bytes.length, 64))) ? [place, bytes] : undefined
  }
  try {
    for await (const chunk of held ? [held] : (createReadStream(file) as AsyncIterable<Buffer>)) {
      let from = 0
      for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
        const taken = take(chunk.subarray(from, to))
        from = to + 1
        if (taken) yield taken
      }
      restLength += chunk.length - from
      if (restLength > maxLine) {
        throw new ProviderError(
          'bad_request',
          `${file}, line ${line + 1}: longer than 64 MiB. Is it JSON Lines?`,
        )
      }
      if (from < chunk.length) rest.push(chunk.subarray(from))
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  const last = restLength > 0 ? take(Buffer.alloc(0)) : undefined
  if (last) yield last
}

async function readAt(file: string, place: Place): Promise<Buffer> {
  try {
    await using handle = await open(file)
    const bytes = Buffer.alloc(place.length)
    const { bytesRead } = await handle.read(bytes, 0, place.length, place.start)
    return bytes.subarray(0, bytesRead)
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function inflate(file: string): Promise<Buffer> {
  try {
    return await promisify(gunzip)(await readFile(file), { maxOutputLength: maxInflated })
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): unknown {
  if (error instanceof ProviderError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    return new ProviderError('not_found', `${file}: no such file of recorded completions. Check the path.`)
  }
  return new ProviderError('bad_request', `${file} cannot be read: ${message}`)
}

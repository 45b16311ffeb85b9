import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DatasetError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { type DownloadOptions, download, type Expected } from './download.js'
import { explainRefusal } from './refusal.js'
import { request } from './request.js'

/** Where sets from elsewhere come from and are kept. */
export interface HubOptions {
  /** The folder that files are kept in. What is in it may be thrown away at any time. */
  readonly cache: string
  /** `https://huggingface.co` where absent. */
  readonly endpoint?: string | undefined
  /** Needed for private and gated sets. */
  readonly token?: string | undefined
  /** Whether only the cache is asked. */
  readonly offline?: boolean
  /** Told in one line of what is fetched, and of what is used instead. */
  readonly onNotice?: (line: string) => void
  /** Told of every piece that arrives. */
  readonly onProgress?: (progress: { file: string; bytes: number; of: number | undefined }) => void
  readonly pauseMs?: number
  readonly patienceMs?: number
}

/** A dataset repository at one commit. */
export interface Snapshot {
  /** `org/name` */
  readonly repo: string
  /** 40 hex digits. */
  readonly commit: string
  readonly files: readonly HubFile[]
}

export interface HubFile {
  readonly path: string
  readonly size: number
  /** Of its content, where the hub keeps it apart (LFS); else git's own name for it. */
  readonly sha256?: string | undefined
  readonly gitSha1?: string | undefined
}

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision)

const info = z.looseObject({ sha: z.string().regex(/^[0-9a-f]{40}$/) })
const tree = z.array(
  z.looseObject({
    type: z.string(),
    path: z.string(),
    size: z.number().int().min(0),
    oid: z.string().optional(),
    lfs: z.looseObject({ oid: z.string(), size: z.number().int().min(0) }).optional(),
  }),
)

/**
 * What a repository holds at a revision. A commit that is known is not asked for again; where the hub cannot be reached, what a
 * branch was when it was last asked for serves, and says so.
 * @param revision a branch, a tag or a commit
 * @throws DatasetError saying what to do: a token, another name, the network
 */
export async function openSnapshot(
  repo: string,
  revision: string,
  options: HubOptions,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const home = repoFolder(repo, options)
  const ref = join(home, 'refs', encodeURIComponent(revision))
  let commit = isCommit(revision) ? revision : undefined
  if (commit === undefined && options.offline !== true) {
    try {
      const told = await ask(
        repo,
        `/api/datasets/${repo}/revision/${encodeURIComponent(revision)}`,
        options,
        signal,
      )
      commit = (await read(told, info)).sha
      await mkdir(join(home, 'refs'), { recursive: true })
      await writeFile(ref, commit)
    } catch (error) {
      if (!(error instanceof DatasetError) || error.code !== 'unreachable')
        throw explainRefusal(repo, revision, error, options)
      const known = await readFile(ref, 'utf8').catch(() => undefined)
      if (known === undefined) throw error
      options.onNotice?.(
        `${error.message.split(' (', 1)[0]}: using ${repo} as it was, at ${known.slice(0, 12)}`,
      )
      commit = known
    }
  }
  commit ??= await readFile(ref, 'utf8').catch(() => undefined)
  if (commit === undefined) throw notCached(`${repo}@${revision}`)
  return { repo, commit, files: await listFiles(repo, commit, home, options, signal) }
}

async function listFiles(
  repo: string,
  commit: string,
  home: string,
  options: HubOptions,
  signal: AbortSignal | undefined,
): Promise<readonly HubFile[]> {
  const list = join(home, `${commit}.json`)
  const known = await readFile(list, 'utf8').catch(() => undefined)
  if (known !== undefined) return JSON.parse(known)
  if (options.offline === true) throw notCached(`${repo}@${commit.slice(0, 12)}`)
  const files: HubFile[] = []
  let next: string | undefined = `/api/datasets/${repo}/tree/${commit}?recursive=true`
  while (next !== undefined) {
    const page: Response = await ask(repo, next, options, signal).catch((error: unknown) => {
      throw explainRefusal(repo, commit, error, options)
    })
    for (const { type, path, size, oid, lfs } of await read(page, tree))
      if (type === 'file' && isSafe(path))
        files.push({
          path,
          size: lfs?.size ?? size,
          ...(lfs === undefined ? { gitSha1: oid } : { sha256: lfs.oid }),
        })
    next = /<([^>]+)>;\s*rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  await mkdir(home, { recursive: true })
  await writeFile(list, JSON.stringify(files))
  return files
}

/** The file's place in the cache, fetched and checked where it is not there yet. */
export async function fetchFile(
  { repo, commit }: Snapshot,
  file: HubFile,
  options: HubOptions,
  signal?: AbortSignal,
): Promise<string> {
  const path = join(repoFolder(repo, options), commit, ...file.path.split('/'))
  const there = await stat(path).catch(() => undefined)
  if (there?.size === file.size) return path
  if (options.offline === true) throw notCached(`${repo}/${file.path}`)
  options.onNotice?.(`fetching ${repo}/${file.path} (${megabytes(file.size)})`)
  const address = file.path.split('/').map(encodeURIComponent).join('/')
  const url = `${endpointOf(options)}/datasets/${repo}/resolve/${commit}/${address}`
  const { sha256, gitSha1, size } = file
  const expected: Expected = {
    size,
    ...(sha256 !== undefined && { sha256 }),
    ...(gitSha1 !== undefined && { gitSha1 }),
  }
  await download(url, path, expected, progressOf(file.path, size, options, signal)).catch(
    (error: unknown) => {
      throw explainRefusal(repo, commit, error, options)
    },
  )
  return path
}

/** What a download is told to do, from what the hub was told. */
export function progressOf(
  file: string,
  of: number | undefined,
  { token, onProgress, pauseMs, patienceMs }: HubOptions,
  signal?: AbortSignal,
): DownloadOptions {
  return {
    token,
    signal,
    ...(pauseMs !== undefined && { pauseMs }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(onProgress !== undefined && { onProgress: (bytes) => onProgress({ file, bytes, of }) }),
  }
}

function ask(
  repo: string,
  path: string,
  options: HubOptions,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const url = new URL(path, `${endpointOf(options)}/`)
  if (url.origin !== new URL(endpointOf(options)).origin)
    throw new DatasetError('unreachable', `${repo}: its list goes on at another host, ${url.host}; refused`)
  return request(url.href, progressOf(repo, undefined, options, signal))
}

async function read<T>(response: Response, shape: z.ZodType<T>): Promise<T> {
  try {
    return shape.parse(await response.json())
  } catch (cause) {
    throw new DatasetError(
      'unreachable',
      `${new URL(response.url).host}: does not answer as the hub does; check HF_ENDPOINT`,
      cause,
    )
  }
}

/** The file of that path. @throws DatasetError naming the nearest. */
export function fileNamed({ repo, files }: Snapshot, path: string): HubFile {
  const found = files.find((file) => file.path === path)
  if (found !== undefined) return found
  const near = didYouMean(
    path,
    files.map((file) => file.path),
  )
  throw new DatasetError('not_found', `hf:${repo}: has no file ${JSON.stringify(path)}${near}`)
}

function repoFolder(repo: string, options: HubOptions): string {
  const host = createHash('sha256').update(endpointOf(options)).digest('hex').slice(0, 8)
  return join(options.cache, 'hub', `${repo.replace('/', '--')}-${host}`)
}

const endpointOf = ({ endpoint = 'https://huggingface.co' }: HubOptions) => endpoint.replace(/\/+$/, '')

/** Whether a path that a server names stays within the folder it is put in. */
function isSafe(path: string): boolean {
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part))
}

function notCached(what: string): DatasetError {
  return new DatasetError(
    'unreachable',
    `${what}: not in the cache, and the network is not to be used; pull it first`,
  )
}

/** `1.2 MB` */
const megabytes = (bytes: number) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`

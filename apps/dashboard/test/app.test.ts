import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { describe, expect, it } from 'vitest'
import { createApp } from '../src/app.js'
import { localRuns } from '../src/local-runs.js'
import { emptyFolder, record } from './folder.js'

const hostile = '<script>window.__hit=1</script>'

/** As much of the API's answers as is looked at here. */
interface Listed {
  readonly runs: readonly {
    readonly id: string
    readonly error?: string
    readonly models: readonly object[]
  }[]
  readonly models: readonly object[]
}

/** The app over real HTTP on a free port. */
async function listen(folder: string) {
  const app = createApp({ runs: localRuns(folder), source: folder })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  const json = async (path: string) => (await (await get(path)).json()) as Listed
  return {
    port,
    get,
    json,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const two = {
  run: '20261120-0715-aaa',
  created: '2026-11-20T07:15:00.000Z',
  models: { 'a:one': ['pass', 'pass', 'wrong_answer', 'pass'], 'b:two': ['pass', 'syntax'] },
} as const

describe('dashboard', () => {
  it('shows one copyable command where there is no run, and where there is no folder', async () => {
    await using folder = await emptyFolder()
    for (const path of [folder.path, join(folder.path, 'none')]) {
      await using app = await listen(path)
      const answer = await app.get('/')
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('<code>npx @bench/cli bench</code>')
      expect(await (await app.get('/api/runs')).json()).toEqual({ total: 0, runs: [] })
    }
  })

  it('lists runs newest first with score, interval, n, cost and what is missing', async () => {
    await using folder = await emptyFolder()
    await record(folder.path, two)
    await record(folder.path, {
      ...two,
      run: '20261121-0715-bbb',
      created: '2026-11-21T07:15:00.000Z',
      dataset: 'newer',
    })
    await using app = await listen(folder.path)
    const page = await (await app.get('/')).text()
    expect(page.indexOf('newer')).toBeGreaterThan(0)
    expect(page.indexOf('newer')).toBeLessThan(page.indexOf('20261120-0715-aaa'))
    expect(page).toContain('<strong>75.0</strong>')
    expect(page).toMatch(/class="ci">\d+\.\d–\d+\.\d</)
    expect(page).toContain('n 4')
    expect(page).toContain('$0.0080')
    expect(page).toContain('PARTIAL')
    expect(page).toContain('2 of 8 not run')
  })

  it('shows a run, its report and its JSON', async () => {
    await using folder = await emptyFolder()
    await record(folder.path, { ...two, isolates: false })
    await using app = await listen(folder.path)
    const page = await (await app.get(`/runs/${two.run}`)).text()
    expect(page).toContain('PARTIAL')
    expect(page).toContain('UNPROTECTED')
    expect(page).toContain(`/runs/${two.run}/report.html`)
    const report = await app.get(`/runs/${two.run}/report.html`)
    expect(report.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const text = await report.text()
    expect(text).toContain('reply to 2')
    expect(text.trimEnd().endsWith('</html>')).toBe(true)
    const json = await app.json(`/api/runs/${two.run}`)
    expect(json).toMatchObject({ id: two.run, status: 'partial', plan: { run: two.run } })
    expect(json.models[0]).toMatchObject({ model: 'a:one', n: 4, score: 0.75, passed: 3, planned: 4 })
  })

  it('sees lines that were appended since it last looked', async () => {
    await using folder = await emptyFolder()
    const dir = await record(folder.path, { ...two, models: { 'a:one': ['pass'] } })
    await using app = await listen(folder.path)
    expect((await app.json('/api/runs')).runs[0]?.models).toMatchObject([{ score: 1 }])
    const score = {
      v: 1,
      kind: 'score',
      keys: ['a:one 0'],
      scorer: 'tests',
      scorer_version: '2',
      headline: true,
    }
    const rows = await readFile(join(dir, 'results.jsonl'), 'utf8')
    const { reply } = JSON.parse(rows.split('\n')[0] as string)
    const later = {
      rater: 'auto',
      outcome: 'syntax',
      value: 0,
      at: '2027-01-01T00:00:00.000Z',
      host: 'here',
      reply,
    }
    await writeFile(join(dir, 'results.jsonl'), `${rows}${JSON.stringify({ ...score, ...later })}\n`)
    expect((await app.json('/api/runs')).runs[0]?.models).toMatchObject([{ score: 0 }])
  })

  it('says which run cannot be read, and shows the others', async () => {
    await using folder = await emptyFolder()
    await record(folder.path, two)
    const dir = await record(folder.path, { ...two, run: 'torn' })
    await writeFile(join(dir, 'results.jsonl'), 'not json\n{"v":1}\n')
    await mkdir(join(folder.path, 'planless'))
    await mkdir(join(folder.path, 'badplan'))
    await writeFile(join(folder.path, 'badplan', 'plan.json'), '{')
    await using app = await listen(folder.path)
    const { runs } = await app.json('/api/runs')
    expect(runs.map((run) => [run.id, run.error !== undefined])).toEqual([
      // As old as its folder.
      ['badplan', true],
      ['torn', true],
      [two.run, false],
    ])
    expect(await (await app.get('/')).text()).toContain('unreadable')
    const broken = await app.get('/runs/torn')
    expect(broken.status).toBe(500)
    const text = await broken.text()
    expect(text).toContain('results.jsonl')
    expect(text).not.toMatch(/\bat .*\.ts:\d+/)
  })

  it('answers what is not there with 404, and never leaves its folder', async () => {
    await using folder = await emptyFolder()
    await record(join(folder.path, 'inside'), two)
    await record(folder.path, { ...two, run: 'outside' })
    await using app = await listen(join(folder.path, 'inside'))
    for (const id of ['nope', '..%2foutside', '%2e%2e%2Foutside', '%00', '%2Fetc', 'a%5cb', '%ff']) {
      for (const path of [`/runs/${id}`, `/runs/${id}/report.html`, `/api/runs/${id}`]) {
        const answer = await app.get(path)
        expect([path, answer.status]).toEqual([path, 404])
        expect(await answer.text()).not.toContain('outside')
      }
    }
    expect(await (await app.get('/api/none')).json()).toHaveProperty('error')
  })

  it('answers only to its own name', async () => {
    await using folder = await emptyFolder()
    await using app = await listen(folder.path)
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request(
          { port: app.port, host: '127.0.0.1', path: '/api/health', headers: { host } },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode)
          },
        )
        sent.on('error', reject).end()
      })
    for (const host of [`127.0.0.1:${app.port}`, 'localhost', 'LOCALHOST:1', `[::1]:${app.port}`]) {
      expect([host, await status(host)]).toEqual([host, 200])
    }
    for (const host of ['evil.invalid', `evil.invalid:${app.port}`, '127.0.0.1.evil.invalid', '0.0.0.0']) {
      expect([host, await status(host)]).toEqual([host, 403])
    }
  })

  it('escapes what runs bring, forbids scripts and says nothing of its kind', async () => {
    await using folder = await emptyFolder()
    await record(folder.path, {
      ...two,
      dataset: hostile,
      models: { [`x:${hostile}`]: ['syntax'] },
      reply: hostile,
    })
    await using app = await listen(folder.path)
    for (const path of ['/', `/runs/${two.run}`, `/runs/${two.run}/report.html`, '/runs/%3Cscript%3E']) {
      const answer = await app.get(path)
      expect(await answer.text()).not.toContain('<script')
      const policy = answer.headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('script-src')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('x-powered-by')).toBeNull()
    }
  })

  it('is healthy', async () => {
    await using folder = await emptyFolder()
    await using app = await listen(folder.path)
    expect(await (await app.get('/api/health')).json()).toEqual({ status: 'ok' })
  })
})

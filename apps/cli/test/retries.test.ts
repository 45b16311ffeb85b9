import { dialects, replayServer, type TestServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'
import { cli, complaints, folder } from './cli.js'

const tasks = JSON.stringify({
  name: 'one',
  version: '1.0.0',
  test_cases: [{ id: 'a', prompt: 'Say ok', expected: 'ok' }],
})

const { chat } = dialects

const asked = ({ requests }: TestServer) => requests.filter(({ method }) => method === 'POST').length

async function bench(url: string, ...more: readonly string[]) {
  await using dir = await folder()
  await dir.file('tasks.json', tasks)
  return await cli(['bench', '-d', 'tasks.json', '-p', 'openai-compatible:m', '--endpoint', url, ...more], {
    cwd: dir.path,
  })
}

describe('tries of a call', () => {
  it('are as many as --max-retries says, and wait no longer than --retry-delay', async () => {
    await using none = await replayServer([chat.fault(500, 'busy'), chat.text(['ok'])])
    await bench(none.url, '--max-retries', '0')
    expect(asked(none)).toBe(1)
    await using four = await replayServer([
      ...Array.from({ length: 4 }, () => chat.fault(500, 'busy')),
      chat.text(['ok']),
    ])
    const ended = await bench(four.url, '--max-retries', '4', '--retry-delay', '0')
    expect(ended.stdout).toContain('100.0')
    expect(asked(four)).toBe(5)
  })

  it('more than ten are refused', async () => {
    const ended = await bench('http://127.0.0.1:9/v1', '--max-retries', '11')
    expect(ended.code).toBe(2)
    expect(complaints(ended)[0]).toContain('It must be a whole number from 0 to 10.')
  })
})

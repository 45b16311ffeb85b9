import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ProviderError, provider } from '@bench/providers'
import { type Recorded, readRecording, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'
import { type Expected, expected } from './recordings-expected.js'

/**
 * Real replies of real services, replayed over HTTP. A recording is put to the adapter of the service that gave it;
 * what must come out is written here by hand.
 */
const wire = fileURLToPath(new URL('../../../../shared/data/wire/', import.meta.url))
const present = existsSync(wire)
if (!present && !process.env.CI) console.log(`skipped: recordings of real services are not at ${wire}`)

/** Replies that answer another question than the one an adapter asks. */
const foreign = (reply: Recorded) => reply.method !== 'POST' || reply.uri.includes('/count_tokens')

describe.skipIf(!present && !process.env.CI)('recordings of real services', () => {
  const files = present
    ? readdirSync(wire).flatMap((folder) =>
        readdirSync(wire + folder).flatMap((file) => (file === 'SOURCE.txt' ? [] : [`${folder}/${file}`])),
      )
    : []
  const table: string[][] = []

  it('are all there is to test', () => expect(files.length).toBeGreaterThan(40))

  it.each(files.sort())('%s', async (file) => {
    const replies = (await readRecording(wire + file)).filter((reply) => !foreign(reply))
    const wanted = expected[file]
    for (const [index, reply] of replies.entries()) {
      const [whole, bytewise] = [await ask(file, reply), await ask(file, split(reply))]
      expect(bytewise).toEqual(whole)
      table.push([`${file} ${index + 1}`, summary(whole)])
      // A recording that this table does not know must at least end in a reply or in a fault of a class.
      if (wanted) check(whole, wanted[index] ?? {})
    }
    expect(replies.length).toBe(wanted?.length ?? replies.length)
  })

  it('come out as this table', () => {
    for (const [name, result] of table) console.log(`${name?.slice(0, 100).padEnd(100)} ${result}`)
    expect(table.length).toBeGreaterThan(0)
  })
})

type Result = Awaited<ReturnType<typeof ask>>

async function ask(file: string, reply: Recorded) {
  const [name, model] = adapterOf(file.split('/')[0] ?? '', reply.uri)
  await using server = await replayServer([reply])
  const settings = { endpoint: server.url, apiKey: 'sk-0123456789abcdefghij', maxRetries: 0 }
  const asked = await (await provider(name)).model(model, settings)
  try {
    const { timing, attempts, ...completion } = await asked.generate([{ role: 'user', content: 'hello' }], {})
    return completion
  } catch (error) {
    if (error instanceof ProviderError) return { code: error.code, message: error.message }
    throw error
  }
}

/** The adapter that speaks the wire a reply was recorded on, and a model that makes it. */
function adapterOf(folder: string, uri: string): readonly [string, string] {
  if (uri.endsWith('/responses')) return ['openai', 'gpt-5-pro']
  if (uri.includes(':generateContent')) return ['gemini', 'gemini-2.5-flash']
  const asChat = folder === 'other' || (folder === 'ollama' && uri !== '')
  return [asChat ? 'openai-compatible' : folder, 'm']
}

/** At most some thousand writes for a reply: the longest are split at every seventh byte. */
function split(reply: Recorded): Recorded {
  const step = reply.body.length > 4000 ? 7 : 1
  const parts = Array.from({ length: Math.ceil(reply.body.length / step) }, (_, i) =>
    reply.body.subarray(i * step, (i + 1) * step),
  )
  return { ...reply, body: parts as unknown as Buffer }
}

function check(result: Result, wanted: Expected): void {
  if ('code' in result || wanted.code) {
    expect(result).toMatchObject({ code: wanted.code })
    return
  }
  if (wanted.text instanceof RegExp) expect(result.text).toMatch(wanted.text)
  else if (wanted.text !== undefined) expect(result.text).toBe(wanted.text)
  if (wanted.reasoning) expect(result.reasoning).toMatch(wanted.reasoning)
  const calls = result.toolCalls ?? []
  const called = calls.map((call) => [call.name, JSON.parse(call.arguments)])
  expect(called).toEqual(wanted.calls ?? [])
  expect(new Set(calls.map(({ id }) => id || 'none')).size).toBe(calls.length)
  expect(result.finish).toBe(wanted.finish)
  if (wanted.usage) expect([result.usage.input, result.usage.output]).toEqual(wanted.usage)
  if (wanted.usage === null) expect(result.usage).toEqual({})
  if (wanted.served) expect(result.served).toBe(wanted.served)
  if (wanted.more) expect(result.usage).toMatchObject(wanted.more)
  if (wanted.fingerprint) expect(result.fingerprint).toBe(wanted.fingerprint)
  if (wanted.carry) expect(JSON.stringify(result.carry)).toMatch(wanted.carry)
  if (wanted.usd !== undefined) expect(result.cost?.usd).toBeCloseTo(wanted.usd, 10)
}

function summary(result: Result): string {
  if ('code' in result) return `fault ${result.code}`
  const { usage, text, served = '', reasoning = '', toolCalls = [], finish } = result
  const { input = '?', output = '?' } = usage
  const thought = reasoning === '' ? '' : ` thought ${reasoning.length}`
  const called = toolCalls
    .map((call) => ` ${call.name}(${call.arguments.replace(/\s+/g, ' ').slice(0, 40)})`)
    .join('')
  return `${finish} ${input}+${output}${thought} ${JSON.stringify(text.slice(0, 40))}${called} ${served}`
}

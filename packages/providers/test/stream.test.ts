import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonLines, type StreamEvent, serverSentEvents } from '../src/wire/stream.js'

async function* pieces(bytes: Uint8Array, cuts: readonly number[]) {
  let from = 0
  for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, to)
    from = to
  }
}
const read = async (
  reader: (body: AsyncIterable<Uint8Array>) => AsyncIterable<StreamEvent>,
  written: string,
  cuts: readonly number[] = [],
) => {
  const events: StreamEvent[] = []
  for await (const event of reader(pieces(Buffer.from(written), cuts))) events.push(event)
  return events
}
const datas = (events: readonly StreamEvent[]) => events.map(({ data }) => data)

const sse =
  ': hello\r\n\r\nevent: a\r\ndata: {"x":"é🌍"}\r\n\r\ndata:1\ndata: 2\n\n: PROCESSING\n\nid: 7\nretry: 9\ndata: [DONE]\n\n'

describe('serverSentEvents', () => {
  it('reads them', async () => {
    expect(datas(await read(serverSentEvents, sse))).toEqual(['{"x":"é🌍"}', '1\n2', '[DONE]'])
  })
  it('split at every byte, at every two, and all at once, they are the same', async () => {
    const whole = await read(serverSentEvents, sse)
    const length = Buffer.byteLength(sse)
    expect(
      await read(
        serverSentEvents,
        sse,
        Array.from({ length }, (_, at) => at),
      ),
    ).toEqual(whole)
    for (let at = 0; at <= length; at++) expect(await read(serverSentEvents, sse, [at])).toEqual(whole)
  })
  it('gives what was not closed, and says so', async () => {
    expect(await read(serverSentEvents, 'data: 1\n\ndata: {"cut')).toEqual([
      { data: '1' },
      { data: '{"cut', unclosed: true },
    ])
  })
  it('stops at a message without end', async () => {
    const endless = (async function* () {
      for (let count = 0; count < 64; count++) yield Buffer.alloc(1 << 20, 'a')
    })()
    const run = async () => {
      for await (const _ of serverSentEvents(endless));
    }
    await expect(run()).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('jsonLines', () => {
  it('reads any values, however they are split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json()), fc.array(fc.nat(500)), async (values, cuts) => {
        const written = values.map((value) => `${value}\n`).join('\n')
        const inside = cuts.filter((cut) => cut < Buffer.byteLength(written))
        expect(datas(await read(jsonLines, written, inside))).toEqual(values)
      }),
    )
  })
  it('gives what was not closed, and says so', async () => {
    expect(await read(jsonLines, '1\r\n{"cut')).toEqual([{ data: '1\r' }, { data: '{"cut', unclosed: true }])
  })
  it('stops at a line without end', async () => {
    const endless = (async function* () {
      for (let count = 0; count < 64; count++) yield Buffer.alloc(1 << 20, 'a')
    })()
    const run = async () => {
      for await (const _ of jsonLines(endless));
    }
    await expect(run()).rejects.toMatchObject({ code: 'malformed' })
  })
})

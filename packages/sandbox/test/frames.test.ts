import { expect, test } from 'vitest'
import { decoder, encode } from '../src/fork-server/frames.js'

const lengths = (total: number, header: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(total, 0)
  bytes.writeUInt32BE(header, 4)
  return bytes
}

test('frames come out as they went in, however they are cut', () => {
  const sent = [encode({ id: 1 }, Buffer.from('ab'), Buffer.from('c')), encode({}), encode({ id: 2 })]
  const stream = Buffer.concat(sent)
  for (let size = 1; size <= stream.length; size++) {
    const decode = decoder(() => 100)
    const found = []
    for (let at = 0; at < stream.length; at += size) found.push(...decode(stream.subarray(at, at + size)))
    expect(found.map(({ header, body }) => [header, body.toString()])).toEqual([
      [{ id: 1 }, 'abc'],
      [{}, ''],
      [{ id: 2 }, ''],
    ])
  }
})

test('one that is longer than it may be is refused before it has come', () => {
  expect(decoder(() => 100)(lengths(100, 2))).toEqual([])
  expect(() => decoder(() => 100)(lengths(101, 2))).toThrow('a frame of 101 bytes')
})

test('what has not the form of a frame is refused', () => {
  expect(() => decoder(() => 100)(lengths(10, 7))).toThrow('a frame of 10 bytes')
  for (const text of ['1', 'null', '{', ''])
    expect(() =>
      decoder(() => 100)(Buffer.concat([lengths(4 + text.length, text.length), Buffer.from(text)])),
    ).toThrow()
})

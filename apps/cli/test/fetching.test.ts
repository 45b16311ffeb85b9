import { expect, test } from 'vitest'
import { fetching } from '../src/terminal/fetching.js'

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { written, out: { isTTY, columns: 30, write: (text: string) => written.push(text) } }
}

test('one line on a terminal, at most ten times a second, gone at the end', () => {
  const { written, out } = terminal(true)
  let now = 0
  const line = fetching(out, () => now)
  line.update({ file: 'a-very-long-name.parquet', bytes: 1_000_000, of: 3_000_000 })
  line.update({ file: 'a-very-long-name.parquet', bytes: 1_100_000, of: 3_000_000 })
  now = 100
  line.update({ file: 'a.parquet', bytes: 2_000_000, of: undefined })
  line.update({ file: 'a.parquet', bytes: 3_000_000, of: 3_000_000 })
  line.end()
  expect(written).toEqual([
    '\r\u001b[2K 1.0 of 3.0 MB  a-very-long-n',
    '\r\u001b[2K 2.0 MB  a.parquet',
    '\r\u001b[2K',
  ])
})

test('elsewhere nothing', () => {
  const { written, out } = terminal(false)
  const line = fetching(out)
  line.update({ file: 'a', bytes: 1, of: 2 })
  line.end()
  expect(written).toEqual([])
})

import { expect, test } from 'vitest'
import { strainWords } from '../src/progress/strain.js'

const calm = { loop: 0.2, lateMs: 3 }

test.each([
  ['the models took the time', calm, { seconds: 60, lagging: 3 }, []],
  ['too short to say', { loop: 1, lateMs: 900 }, { seconds: 2, lagging: 2 }, []],
  [
    'a loop without idle time',
    { loop: 0.97, lateMs: 40 },
    { seconds: 60, lagging: 0 },
    [/^bench itself .* busy 97 % .* 40 ms late.*--concurrency.*--queue$/],
  ],
  [
    'a loop that was late',
    { loop: 0.5, lateMs: 400 },
    { seconds: 60, lagging: 0 },
    [/^bench itself .* 400 ms late/],
  ],
  ['replies that waited', calm, { seconds: 60, lagging: 31 }, [/^judging was the bottleneck: .*--judges/]],
  ['nothing known', undefined, { seconds: 60, lagging: 0 }, []],
])('%s', (_, strain, backlog, lines) => {
  const said = strainWords(strain, backlog)
  expect(said).toHaveLength(lines.length)
  for (const [i, line] of lines.entries()) expect(said[i]).toMatch(line)
})

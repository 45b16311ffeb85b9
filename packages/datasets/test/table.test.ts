import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openDataset, type Task } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import fc from 'fast-check'
import Papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { format as csv } from '../src/adapters/csv.js'
import { format as jsonlTable } from '../src/adapters/jsonl-table.js'
import { format as parquet } from '../src/adapters/parquet.js'
import { parquetFiles } from './parquet-files.js'

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

testFormat(csv, {
  good: {
    name: 'three.csv',
    content: '\ufeffid,prompt,expected\r\na,"Say ""a"", please.",a\r\n\r\nb,"Two\r\nlines",b\r\nc,𝄞,é\r\n',
    size: 3,
  },
  bad: [
    { name: 'empty.csv', content: '', message: /the file is empty/ },
    {
      name: 'open.csv',
      content: 'id,prompt,expected\na,"b,c\nd,e,f\n',
      message: /open\.csv:2: .*never closed/,
    },
    {
      name: 'inner.csv',
      content: 'id,prompt,expected\nx,"a\nb",c\na,"b" c,d\n',
      message: /inner\.csv:4: .*within a quoted/,
    },
    { name: 'long.csv', content: 'id,prompt,expected\na,b\n', message: /long\.csv:2: 2 fields.* 3 columns/ },
    { name: 'same.csv', content: 'id,prompt,prompt\n', message: /two columns are named "prompt"/ },
    {
      name: 'blank.csv',
      content: 'id,prompt,expected\na,,x\nb,y,\n',
      message: /line 2 .*prompt: is empty \(and 1 more\)/,
    },
    { name: 'none.csv', content: 'id,prompt,expected\n', message: /has no cases/ },
    { name: 'twice.csv', content: 'id,prompt,expected\na,b,c\na,b,c\n', message: /line 3: id "a" .*line 2/ },
  ],
  large: (count) =>
    `id,prompt,expected\n${Array.from({ length: count }, (_, n) => `${n},"${'x'.repeat(990)}\n",x\n`).join('')}`,
})

testFormat(jsonlTable, {
  good: {
    name: 'two.jsonl',
    content: lines([
      { prompt: 'a', expected: 1 },
      { prompt: 'b', expected: ['x'] },
    ]),
    size: 2,
  },
  bad: [{ name: 'bad.jsonl', content: `${lines([{ prompt: 'a', expected: '1' }])}[1]\n`, message: /line 2/ }],
  large: (count) =>
    lines(Array.from({ length: count }, (_, n) => ({ n, prompt: 'x'.repeat(1000), expected: 'x' }))),
})

testFormat(
  parquet,
  {
    good: { name: 'three.parquet', content: parquetFiles.snappy!, size: 3 },
    bad: [
      { name: 'text.parquet', content: 'id,prompt\n', message: /not valid Parquet/ },
      { name: 'cut.parquet', content: parquetFiles.snappy!.subarray(0, 300), message: /not valid Parquet/ },
    ],
  },
  { skip: { 'keeps memory flat': 'a row group is in memory at a time' } },
)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-table-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const tasksOf = async (source: string) => {
  const tasks: Task[] = []
  for await (const task of (await openDataset(source)).tasks()) tasks.push(task)
  return tasks
}

describe('columns', () => {
  const content = [
    'question,answer,level,split',
    'What is 1+1?,2,easy,train',
    'What is 2+2?,4,hard,test',
    '"Why, ""so""?",because,medium,test',
  ].join('\n')

  it('are what the options say', async () => {
    const path = await write('mapped.csv', content)
    expect(await tasksOf(`${path}#prompt=question,expected=answer,difficulty=level,split=test`)).toEqual([
      {
        id: 'line-3',
        prompt: 'What is 2+2?',
        difficulty: 'hard',
        expected: '4',
        solution: '4',
        scorers: [{ name: 'contains' }],
      },
      {
        id: 'line-4',
        prompt: 'Why, "so"?',
        difficulty: 'medium',
        expected: 'because',
        solution: 'because',
        scorers: [{ name: 'contains' }],
      },
    ])
    const [first] = await tasksOf(
      `${path}#template=Q: {{question}} ({{level}}),expected=answer,scorer=number`,
    )
    expect(first).toMatchObject({ prompt: 'Q: What is 1+1? (easy)', scorers: [{ name: 'number' }] })
  })

  it.each([
    [
      '',
      /say which column is asked: #prompt=question; its columns are "question", "answer", "level", "split"$/,
    ],
    [
      '#prompt=question',
      /say which column is the right answer: #expected=answer, or scorer=…; its columns are/,
    ],
    ['#prompt=questoin', /prompt=questoin: no column "questoin"; did you mean "question"\?; its columns are/],
    ['#promt=question', /unknown option "promt"; did you mean "prompt"\?/],
    ['#template={{quest}},expected=answer', /template: no column "quest"/],
    ['#template={{question}},prompt=question,expected=answer', /keep one/],
    ['#prompt=question,expected=answer,split=dev', /none of its 3 cases is of split dev/],
    ['#prompt=question,expected=answer,difficulty=answer', /difficulty|answer: expected easy/],
  ])('%s is refused', async (options, message) => {
    const path = await write('refused.csv', content)
    await expect(openDataset(path + options)).rejects.toThrow(message)
  })

  it('of a JSON Lines file too, one that has ids and prompts included', async () => {
    const path = await write('own.jsonl', lines([{ id: 7, prompt: 'a', label: ['x', 'y'], level: null }]))
    expect(await tasksOf(`${path}#references=label`)).toEqual([
      { id: '7', prompt: 'a', references: ['x', 'y'], solution: 'x', scorers: [{ name: 'contains' }] },
    ])
    await expect(openDataset(path)).rejects.toThrow(/unknown keys? "label"/)
  })
})

it.each(Object.keys(parquetFiles))('Parquet, %s', async (name) => {
  const path = await write(`${name}.parquet`, parquetFiles[name]!)
  expect(await tasksOf(`${path}#references=list,template={{n}} {{at}} {{prompt}}`)).toMatchObject([
    { id: 'a', prompt: '1 2026-01-01T00:00:00.000Z Say a.', expected: 'a', references: ['x', 'y'] },
    { id: 'b', prompt: '2 2026-01-01T00:00:00.000Z Sag ä.', expected: 'ä', references: ['z'] },
    { id: 'c', prompt: '9007199254740993 2026-01-01T00:00:00.000Z Say 𝄞.', expected: '𝄞' },
  ])
})

it.each([
  ['semicolon', 'prompt;expected\n"a;b";c\n'],
  ['tab', 'prompt\texpected\na;b\tc\n'],
  ['old line ends', 'prompt,expected\ra;b,c\r'],
  ['mixed line ends', 'prompt,expected\na;b,c\r\n'],
  ['gzip', gzipSync('prompt,expected\na;b,c\n')],
])('reads CSV with %s', async (name, content) => {
  const path = await write(`${name}.csv`, content)
  expect(await tasksOf(path)).toMatchObject([{ prompt: 'a;b', expected: 'c' }])
})

it('whatever is written as CSV is read back', async () => {
  const text = fc.string({
    minLength: 1,
    unit: fc.constantFrom('a', '"', ',', '\n', ';', ' ', 'é', '𝄞', '\t'),
  })
  const cell = text.filter((value) => /\S/.test(value))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (data) => {
      const path = await write(
        'any.csv',
        Papa.unparse({ fields: ['prompt', 'expected'], data }, { newline: '\n' }),
      )
      const tasks = await tasksOf(path)
      expect(tasks.map(({ prompt, expected }) => [prompt, expected])).toEqual(data)
    }),
    { numRuns: 60 },
  )
})

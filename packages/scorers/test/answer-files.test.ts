import type { ProjectCode } from '@bench/datasets'
import { describe, expect, test } from 'vitest'
import { readFiles } from '../src/answer/files.js'
import { readAnswer } from '../src/index.js'
import { makeCompletion, makeTask } from './setup.js'

describe('the three formats', () => {
  test.each([
    ['FILE:', 'FILE: app/x.ts\n---\nconst a = 1\n---\n'],
    ['FILE: behind words, in bold', 'Here it is:\n\n**FILE: `app/x.ts`**\n\n---\nconst a = 1\n---\nDone.'],
    ['a heading', '### FILE: app/x.ts\n---\nconst a = 1\n---'],
    ['a fence with label and path', '```ts app/x.ts\nconst a = 1\n```'],
    ['a fence with the path alone', '```app/x.ts\nconst a = 1\n```'],
    ['a fence with a titled path', '```ts title="app/x.ts" {1}\nconst a = 1\n```'],
    ['a fence with label:path', '```ts:app/x.ts\nconst a = 1\n```'],
    ['tildes', '~~~ts app/x.ts\nconst a = 1\n~~~'],
    ['a fence in a list', '1. So:\n   ```ts app/x.ts\n   const a = 1\n   ```'],
    ['a tag', '<file path="app/x.ts">\nconst a = 1\n</file>'],
    ['a tag with single quotes', "<file path='app/x.ts'>const a = 1</file>"],
    ['a tag with more in it', '<file lang="ts" path = "app/x.ts" mode="644">\nconst a = 1\n</file>'],
    ['a leading ./', '```ts ./app/x.ts\nconst a = 1\n```'],
    ['Windows line ends', '<file path="app/x.ts">\r\nconst a = 1\r\n</file>\r\n'],
    ['all in one fence', '```\nFILE: app/x.ts\n---\nconst a = 1\n---\n```'],
    ['tags in an xml fence', '```xml\n<file path="app/x.ts">\nconst a = 1\n</file>\n```'],
  ])('%s', (_, reply) =>
    expect(readFiles(reply)).toEqual({
      files: { 'app/x.ts': 'const a = 1\n' },
      faults: [],
      notes: [],
      none: false,
    }),
  )

  test('are merged, in any order', () => {
    const reply = [
      'FILE: .env.local\n---\nKEY=1\n---',
      '```tsx app/layout.tsx\n<App />\n```',
      '<file path="middleware.ts">\nexport {}\n</file><file path=\'b/c.d.ts\'>b</file>',
      '```bash\nnpm install\n```',
      '```.gitignore\ndist\n```',
    ].join('\n\nand\n\n')
    const { files, faults } = readFiles(reply)
    expect(faults).toEqual([])
    expect(files).toEqual({
      '.env.local': 'KEY=1\n',
      'app/layout.tsx': '<App />\n',
      'middleware.ts': 'export {}\n',
      'b/c.d.ts': 'b\n',
      '.gitignore': 'dist\n',
    })
  })

  test('a name that means something to objects is a file like another', () => {
    const { files } = readFiles('FILE: __proto__\n---\nx\n---\nFILE: constructor\n---\ny\n---')
    expect(Object.entries(files)).toEqual([
      ['__proto__', 'x\n'],
      ['constructor', 'y\n'],
    ])
  })

  test('what the reply’s end cut off and what was given twice is told', () => {
    const { files, notes } = readFiles('```ts a.ts\n1\n```\n```ts a.ts\n2\n```\n<file path="b.ts">\nlet b')
    expect(files).toEqual({ 'a.ts': '2\n', 'b.ts': 'let b\n' })
    expect(notes).toEqual(['a.ts: given more than once', 'b.ts: cut off by the end of the reply'])
  })

  test('a Markdown file may hold fences of its own', () => {
    const { files, faults } = readFiles('````md README.md\n# A\n```sh\nls\n```\n````')
    expect(faults).toEqual([])
    expect(files).toEqual({ 'README.md': '# A\n```sh\nls\n```\n' })
  })

  test('code may hold backticks deep in it', () => {
    const code = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n'
    expect(readFiles(`<file path="a.py">\n${code}</file>`).files).toEqual({ 'a.py': code })
  })
})

describe('faults', () => {
  test.each([
    ['nothing', '', 'no files'],
    ['words only', 'I cannot do that.', 'no files'],
    ['a fence without a path', '```ts\nconst a = 1\n```', 'no files'],
    ['up', 'FILE: ../x.ts\n---\na\n---', 'goes up (..)'],
    ['up within', '<file path="a/../../x.ts">a</file>', 'goes up (..)'],
    ['up with backslashes', '<file path="a\\..\\x.ts">a</file>', 'goes up (..)'],
    ['absolute', '<file path="/etc/passwd">a</file>', 'absolute'],
    ['a drive', '<file path="C:/x.ts">a</file>', 'absolute'],
    ['a share', '<file path="\\\\host\\x">a</file>', 'absolute'],
    ['home', '<file path="~/x.ts">a</file>', 'home folder'],
    ['backslashes', '<file path="a\\x.ts">a</file>', 'backslash'],
    ['empty names', '<file path="a//x.ts">a</file>', 'empty name'],
    ['no path', '<file path="">a</file>', 'path is empty'],
    ['a device', '<file path="a/CON.ts">a</file>', 'device'],
    ['a dot at the end', '<file path="x.ts.">a</file>', 'ends with a dot'],
    ['what cannot be seen', '<file path="a\u202e.ts">a</file>', 'cannot be seen'],
    ['NUL', '<file path="a\u0000.ts">a</file>', 'cannot be seen'],
    ['a long name', `<file path="${'a'.repeat(300)}">a</file>`, 'longer than 255 bytes'],
    ['an empty body', 'FILE: a.ts\n---\n---', 'body is empty'],
    ['an empty fence', '```ts a.ts\n```', 'body is empty'],
    ['an empty tag', '<file path="a.ts">  \n</file>', 'body is empty'],
    ['fences in a body', '<file path="a.ts">\n```ts\nconst a = 1\n```\n</file>', 'stray fence marks'],
    ['a fence in FILE:', 'FILE: a.ts\n---\n```ts\nconst a = 1\n```\n---', 'stray fence marks'],
    ['a fence within a fence', '```ts a.ts\nconst a = 1\n```js\nlet b\n```\n```', 'stray fence marks'],
    ['case', '```ts a.ts\n1\n```\n```ts A.ts\n2\n```', 'the same file as "a.ts"'],
    ['form', '<file path="\u00e9.ts">1</file><file path="e\u0301.ts">2</file>', 'the same file as'],
    ['a file that is a folder', '<file path="a">1</file><file path="a/b">2</file>', 'the same file as'],
  ])('%s', (_, reply, message) => {
    const { faults } = readFiles(reply)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(message)
  })

  test('all are told at once', () => {
    const reply =
      '<file path="/a">1</file><file path="../b">2</file><file path="c"></file><file path="d">4</file>'
    const { files, faults } = readFiles(reply)
    expect(files).toEqual({ d: '4\n' })
    expect(faults).toHaveLength(3)
  })
})

describe('the answer to a task that asks for files', () => {
  const code: ProjectCode = {
    kind: 'project',
    language: 'python',
    answer: ['solution.py'],
    tests: {},
    runner: 'unittest',
    passes: 1,
    timeout: 1,
  }
  const read = (text: string, parts: Partial<ProjectCode> = {}) =>
    readAnswer(makeTask({ code: { ...code, ...parts } }), makeCompletion(text))

  test('is its files, or where it names none and one is asked for, its code', () => {
    expect(read('FILE: solution.py\n---\nx = 1\n---')).toMatchObject({
      files: { 'solution.py': 'x = 1\n' },
      rule: 'files',
    })
    expect(read('So:\n```python\nx = 1\n```')).toMatchObject({
      files: { 'solution.py': 'x = 1' },
      rule: 'fence',
    })
    expect(read('```python\nx = 1\n```', { answer: ['a.py', 'b.py'] })).toMatchObject({
      faults: [expect.stringContaining('no files')],
    })
  })

  test('has no files where any has a fault', () => {
    const answer = read('FILE: solution.py\n---\nx = 1\n---\nFILE: ../y.py\n---\ny\n---')
    expect(answer.files).toBeUndefined()
    expect(answer.faults).toHaveLength(1)
  })
})

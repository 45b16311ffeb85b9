import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnswer } from '../src/index.js'
import { hostile } from './hostile-replies.js'
import { makeCompletion, makeTask } from './setup.js'

const io = (entryPoint?: string) =>
  makeTask({
    code: {
      kind: 'io',
      language: 'python',
      cases: [{ input: '', expected: '', timeout: 1, weight: 1 }],
      ...(entryPoint ? { entryPoint } : {}),
    },
  })

const prompt = 'import re\n\ndef helper(x):\n    return x\n\ndef f(x):\n    import math\n    """Doc."""\n'
const asserted = makeTask({
  code: { kind: 'assert', language: 'python', entryPoint: 'f', prompt, test: '', timeout: 1 },
})

const read = (text: string, task = io('f'), form?: 'chat' | 'continuation' | 'program') =>
  readAnswer(task, makeCompletion(text, form ? { form } : {}))

const fenced = (code: string, label = 'python') => `\`\`\`${label}\n${code}\n\`\`\``

describe('reasoning', () => {
  test.each([
    ['<think>a</think>b', 'b'],
    ['<thinking>\na\n</thinking>\n\n  b\n', '  b\n'],
    ['\n\nb', '\n\nb'],
    ['<think>a</think>b<think>c</think>d', 'bd'],
    ['a</think>b', 'b'],
    ['b<think>never closed', 'b'],
    ['<think>only', ''],
    ['a < b > c', 'a < b > c'],
    ['<reasoning>a</reasoning>b', 'b'],
    ['<think>a <thinking> b</thinking></think>c', 'c'],
    ['<think>```python\nx = 1\n</think>b', 'b'],
    ['```python\nx = 1\n</think>\nb', 'b'],
    ['<seed:think>a</seed:think>b', 'b'],
    ['[THINK]a[/THINK]b', 'b'],
    ['Dear [THINK], a', 'Dear [THINK], a'],
    ['◁think▷a◁/think▷b', 'b'],
    ['<|begin_of_thought|>a<|end_of_thought|>b', 'b'],
    ['b\n<|im_end|>\n', 'b\n'],
    ['b<|eot_id|></s>', 'b'],
    ['<think>a</think>b<end_of_turn>', 'b'],
    ['<s>b</s> c', '<s>b</s> c'],
    ['```python\ns = "<think>"\n```', '```python\ns = "<think>"\n```'],
    ['```python\ns.split("</think>")\n```', '```python\ns.split("</think>")\n```'],
    ['<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>', 'b'],
    ['<|start|>assistant<|channel|>final<|message|>b', 'b'],
    ['<|channel|>analysis<|message|>never ended', ''],
    ['<|channel|>analysis<|message|>a<|end|><|channel|>final <|constrain|>python<|message|>b', 'b'],
    ['<|channel|>commentary to=f<|message|>{}<|call|><|channel|>final<|message|>b', 'b'],
    ['what <|channel|> means', 'what <|channel|> means'],
  ])('%j is read as %j', (reply, text) => expect(read(reply, makeTask({})).text).toBe(text))

  test('code in it is not the answer', () => {
    const reply = `<think>${fenced('def f(x): return 1')}</think>${fenced('def f(x): return 2')}`
    expect(read(reply).code).toBe('def f(x): return 2')
  })
})

describe('code in a chat reply', () => {
  test.each([
    ['one fence', `Here:\n${fenced('def f(x):\n    return x')}\nDone.`, 'def f(x):\n    return x', 'fence'],
    [
      'the last of several that define it',
      `${fenced('def f(x): return 1')}\n${fenced('def f(x): return 2')}`,
      'def f(x): return 2',
      'fence',
    ],
    [
      'a usage example after it',
      `${fenced('def f(x): return 1')}\n${fenced('print(f(1))\nprint(f(2))\nprint(f(3))')}`,
      'def f(x): return 1',
      'fence',
    ],
    [
      'an async or assigned entry point',
      `${fenced('x = 1\nx = 2\nx = 3\nx = 4')}\n${fenced('f = lambda x: x')}`,
      'f = lambda x: x',
      'fence',
    ],
    [
      'the longest where none defines it',
      `${fenced('a')}\n${fenced('a = 1')}\n${fenced('b')}`,
      'a = 1',
      'fence',
    ],
    [
      'no other language',
      `${fenced('pip install numpy scipy pandas', 'bash')}\n${fenced('def f(x): 1', 'py')}`,
      'def f(x): 1',
      'fence',
    ],
    ['another language where there is only that', fenced('f(x)', 'text'), 'f(x)', 'fence'],
    ['a fence without label', fenced('def f(x): 1', ''), 'def f(x): 1', 'fence'],
    ['a label with more', fenced('x = 1', 'python title="a.py"'), 'x = 1', 'fence'],
    ['code within a line', 'use ```x``` so', 'use ```x``` so', 'whole'],
    ['tildes, and backticks inside', '~~~python\ns = "```"\n~~~', 's = "```"', 'fence'],
    ['a longer fence around a shorter', '````python\ns = """\n```\n"""\n````', 's = """\n```\n"""', 'fence'],
    [
      'a fence in a list',
      '1. So:\n   ```python\n   def f(x):\n       return x\n   ```',
      'def f(x):\n    return x',
      'fence',
    ],
    ['a mark that ends the turn', '```python\ndef f(x): 1\n```<|im_end|>', 'def f(x): 1', 'fence'],
    [
      'no sample, if longer, that has no label',
      `${fenced('a = 1')}\nFor example:\n${fenced('5 5 5 5 5 5 5 5 5 5 5 5', '')}`,
      'a = 1',
      'fence',
    ],
    ['a fence that the end cut off', '```python\ndef f(x):\n    ret', 'def f(x):\n    ret', 'open-fence'],
    ['Windows line ends', '```python\r\ndef f(x):\r\n    pass\r\n```', 'def f(x):\n    pass', 'fence'],
    ['no fence', 'def f(x): return x', 'def f(x): return x', 'whole'],
    [
      'no fence, words around',
      'Sure, this is it:\n\nimport re\n\ndef f(x):\n    return x\n\nprint(f(1))\n\nThis function returns x.',
      'import re\n\ndef f(x):\n    return x\n\nprint(f(1))',
      'lines',
    ],
    [
      'a wrong label',
      `${fenced('x')}\n${fenced('def f(x): return x', 'java')}`,
      'def f(x): return x',
      'fence',
    ],
    ['a file name for a label', fenced('def f(x): 1', 'solution.py'), 'def f(x): 1', 'fence'],
    ['a label in capitals, with a version', fenced('def f(x): 1', 'Python3.11'), 'def f(x): 1', 'fence'],
    [
      'backticks deep in a docstring',
      '```python\ndef f(x):\n    """\n    ```\n    f(1)\n    ```\n    """\n    return x\n```',
      'def f(x):\n    """\n    ```\n    f(1)\n    ```\n    """\n    return x',
      'fence',
    ],
    [
      'a fence in a fence of Markdown',
      '```markdown\n# So\n```python\ndef f(x): return x\n```\nand\n```\nBye.',
      'def f(x): return x',
      'fence',
    ],
    ['a fence behind words', 'So: ```python\ndef f(x): return x\n```', 'def f(x): return x', 'fence'],
    ['a fence behind a list mark', '- ```python\n  def f(x): return x\n  ```', 'def f(x): return x', 'fence'],
    ['an end on the last line of code', '```python\ndef f(x): return x```', 'def f(x): return x', 'fence'],
    ['an empty fence beside words', '```python\n```\nno', '```python\n```\nno', 'whole'],
  ])('%s', (_, reply, code, rule) => expect(read(reply)).toMatchObject({ code, rule }))

  test('there is none in an empty reply, and none is looked for where the task asks for none', () => {
    expect(read('  \n')).toEqual({ text: '  \n' })
    expect(read(fenced('x'), makeTask({}))).toEqual({ text: fenced('x') })
  })

  test('other rules that read something else are told', () => {
    const rules = (reply: string) => read(reply).alternatives?.map(({ rule }) => rule)
    expect(rules(`Here:\n${fenced('def f(x): return 1')}\nDone.`)).toBeUndefined()
    expect(rules(`${fenced('def f(x): return 1')}\n${fenced('def f(x): return 2')}`)).toEqual([
      'first',
      'joined',
    ])
    expect(rules(`${fenced('import re')}\n${fenced('def f(x): return re')}\n${fenced('f(1)')}`)).toEqual([
      'last',
      'joined',
    ])
    expect(rules('So:\ndef f(x): return x\nBye, all of you.')).toEqual(['whole'])
  })

  test('of a method the class has to be there', () => {
    const task = io('Solution.f')
    const reply = `${fenced('class Solution:\n    def f(self): pass')}\n${fenced('print(Solution().f())')}`
    expect(read(reply, task).code).toContain('class Solution')
  })

  test('never throws, and gives the same again', () => {
    const piece = fc.constantFrom(
      '```',
      '~~~',
      'python',
      '\n',
      'def f(x):',
      ' ',
      '<think>',
      '</think>',
      '\r\n',
      '\u0000',
      '🦆',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(read(pieces.join(''), asserted)).toEqual(read(pieces.join(''), asserted))
      }),
    )
  })

  test('reads a huge hostile reply to its end', () => {
    for (const reply of hostile(1e6)) expect(read(reply, asserted).text.length).toBeGreaterThanOrEqual(0)
  })
})

describe('code for assertions', () => {
  const before = 'import re\n\ndef helper(x):\n    return x\n\n'

  test('a whole function gets what the prompt has before it, and the imports inside it', () => {
    const code = 'def f(x):\n    return math.sqrt(x)'
    expect(read(fenced(code), asserted).code).toBe(`${before}import math\n${code}`)
  })

  test('what it does besides defining is told, as EvalPlus runs none of it', () => {
    const rules = (code: string) => read(fenced(code), asserted).alternatives?.map(({ rule }) => rule)
    const defined = '@cache\ndef f(x):\n    print(x)\n    return x\n\nLIMIT: int = 3\n'
    expect(rules(defined)).toBeUndefined()
    expect(rules(`${defined}if __name__ == "__main__":\n    print(f(1))`)).toBeUndefined()
    expect(rules(`${defined}# so\nassert f(1) == 2`)).toEqual(['definitions'])
    expect(read(fenced(`${defined}for i in f:\n    f(i)\nx = 1`), asserted).alternatives).toEqual([
      { rule: 'definitions', code: `${before}import math\n${defined}x = 1` },
    ])
  })

  test('a body continues the prompt', () => {
    expect(read('```python\n    return x\n```', asserted).code).toBe(`${prompt}    return x`)
    expect(read('    return x\n', asserted).code).toBe(`${prompt}    return x\n`)
  })

  test('a continuation and a program are taken as they are', () => {
    expect(read('```\nx', asserted, 'continuation')).toMatchObject({
      code: `${prompt}\`\`\`\nx`,
      rule: 'raw',
    })
    expect(read('```\nx', asserted, 'program')).toMatchObject({ code: '```\nx', rule: 'raw' })
    expect(read(' \n', asserted, 'continuation').code).toBeUndefined()
    expect(read('print(1)', io(), 'continuation').code).toBe('print(1)')
  })
})

describe('JavaScript for assertions', () => {
  const open = 'function f(x) {\n'
  const task = makeTask({
    code: { kind: 'assert', language: 'javascript', entryPoint: 'f', prompt: open, test: '', timeout: 1 },
  })
  test.each<[string, string, string]>([
    ['the whole function', 'function f(x) {\n  return x\n}', 'function f(x) {\n  return x\n}'],
    [
      'the whole function, indented',
      '  function f(x) {\n    return x\n  }',
      '  function f(x) {\n    return x\n  }',
    ],
    ['its body', '  let f = x\n  return f\n}', `${open}  let f = x\n  return f\n}`],
    ['its body, at the beginning of lines', 'return x\n}', `${open}return x\n}`],
  ])('%s', (_, reply, code) => {
    expect(read(fenced(reply, 'js'), task).code).toBe(code)
  })
})

import type { AssertCode } from '@bench/datasets'
import type { ToolChain } from '@bench/sandbox'
import { describe, expect, it } from 'vitest'
import { openJudge } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { cppForgeries } from './cpp-forgeries.js'
import { forgeries as goForgeries } from './go-forgeries.js'
import { forgeries as javaForgeries } from './java-forgeries.js'
import { rustForgeries } from './rust-forgeries.js'

/** Each is enough by itself to fool a judge that lacks one defence: all of the test's answers are 5. */
const tasks: Readonly<
  Record<ToolChain, Pick<AssertCode, 'prompt' | 'test'> & { readonly programs: object }>
> = {
  cpp: {
    prompt: '#include<assert.h>\nlong add(long x, long y) {\n',
    test: '}\nint main() {\n    auto candidate = add;\n    assert(candidate((2), (3)) == (5));\n    assert(candidate((4), (1)) == (5));\n}\n',
    programs: cppForgeries,
  },
  rust: {
    prompt: 'fn add(x: isize, y: isize) -> isize {\n',
    test: '}\n\nfn main() {\n    let candidate = add;\n    assert_eq!(candidate(2, 3), 5);\n    assert_eq!(candidate(4, 1), 5);\n}\n',
    programs: rustForgeries,
  },
  java: {
    prompt: 'import java.util.*;\nclass Problem {\n    public static long add(long a, long b) {\n',
    test: '    }\n    public static void main(String[] args) {\n    assert(add((2l), (3l)) == (5l));\n    assert(add((4l), (1l)) == (5l));\n    }\n\n}\n',
    programs: javaForgeries,
  },
  go: {
    prompt: 'package add_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\nfunc add(a int, b int) int {\n',
    test: 'func TestAdd(t *testing.T) {\n  candidate := add\n  for _, actual := range []int{candidate(2, 3), candidate(4, 1)} {\n    if fmt.Sprintf("%v", actual) != "5" { t.Errorf("no") }\n  }\n}\n',
    programs: goForgeries,
  },
}

for (const [language, { prompt, test, programs }] of Object.entries(tasks) as [
  ToolChain,
  (typeof tasks)[ToolChain],
][]) {
  const sandbox = await compilerDriver(language)
  const judged = async (name: string) => {
    await using judge = openJudge(sandbox, { size: 1 })
    const spec = {
      kind: 'assert',
      style: 'script',
      entryPoint: 'add',
      timeout: 1,
      language,
      prompt,
      test,
    } as const
    const source = (programs as Readonly<Record<string, string>>)[name]
    return (await judge.judge(spec, source ?? '')).outcome
  }

  describe(`compiled ${language}`, () => {
    it('takes no answer that was written before its question', async () => {
      expect(await judged('answers before it is asked')).toBe('forged')
    })

    it('takes no verdict from the answer', async () => {
      const name = 'writes a verdict' in programs ? 'writes a verdict' : 'tells a verdict on 3'
      expect(await judged(name)).not.toBe('pass')
    })
  })
}

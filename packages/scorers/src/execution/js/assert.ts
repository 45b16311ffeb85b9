import type { AssertCode } from '@bench/datasets'
import type { Score } from '../../spec.js'
import { judgeAssert } from '../assert.js'
import { ending } from '../jobs.js'
import { judgeStaged, type Means, type Scene, type Staging } from '../staged.js'
import { backstop } from '../time.js'
import { outlineOf } from './outline.js'

/**
 * Judges code by the task's own assertions, played on the stage; a test that waits for anything is joined to the candidate's process.
 * @throws SandboxError where no code of the candidate has run
 */
export function judgeNodeAssert(spec: AssertCode, scene: Scene, means: Means): Promise<Score> {
  const { support, servers, signal } = means
  if (waits.test(scene.test))
    return judgeAssert({ ...spec, test: scene.test }, scene.source, support, servers, signal)
  return judgeStaged(spec, scene, stagingOf(spec, scene, means), means)
}

/** A test that goes on by itself is at its end only when its process has nothing left to wait for. */
const waits =
  /\basync\b|\bawait\b|\.then\(|\bPromise\b|\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\b/

function stagingOf(
  { style, language, timeout, entryPoint }: AssertCode,
  { source, test }: Scene,
  { support }: Means,
): Staging {
  const script = style === 'script'
  const limit = { cpuSec: timeout, wallSec: backstop(timeout) }
  return {
    program: support.roles.calls!,
    payload: { modules: !script, outline: script ? outlineOf(test, entryPoint, source) : undefined },
    // Node compiles a program and its test as one; of TypeScript the compiler has seen them as one.
    act: script && language === 'javascript' ? { source } : {},
    fault(answers, end) {
      const last = answers.at(-1)
      if (last?.ended !== true) return ending(end, limit)
      if (typeof last.exit !== 'string') return undefined
      return { outcome: 'runtime', error: `the program ended with exit code ${last.exit.slice(0, 100)}` }
    },
  }
}

/**
 * The function that asserts are about: of those that the reference code defines, the one that they call, and where they call
 * several, the one that most of them do (the first of equals). `set(f(…))` and `math.isclose(f(…), …)` are about `f`.
 * @returns undefined where they call none
 */
export function testedFunction(code: string, tests: readonly string[]): string | undefined {
  const defined = new Set([...code.matchAll(definition)].map((match) => match[1] ?? match[2] ?? ''))
  const counts = new Map<string, number>()
  for (const test of tests) {
    const called = [...test.replace(text, '""').matchAll(call)].map((match) => match[1] ?? '')
    for (const name of new Set(called)) {
      if (defined.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const most = Math.max(...counts.values())
  return [...counts].find(([, count]) => count === most)?.[0]
}

/** At the top level: `def f`, `async def f`, `class F`, and `f = lambda …` or another name of a function. */
const definition =
  /^(?:(?:async[ \t]+)?def|class)[ \t]+([\p{L}_][\p{L}\p{N}_]*)|^([\p{L}_][\p{L}\p{N}_]*)[ \t]*=(?!=)/gmu

/** Python's string literals of one line or of three quotes. */
const text = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/g

/** A name before a bracket that is no attribute of something. */
const call = /(?<![\p{L}\p{N}_.])([\p{L}_][\p{L}\p{N}_]*)[ \t]*\(/gu

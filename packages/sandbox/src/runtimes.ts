import type { Runtime, Sandbox } from './spec.js'

/** Language → commands to try, best first. */
export type Candidates = { readonly [language in keyof typeof questions]: readonly string[] }

const questions = {
  python: ['-I', '-S', '-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys.executable)'],
  node: ['-p', 'process.versions.node + " " + process.execPath'],
}

/**
 * Which languages a box has: each is asked for its version and its own path, in the box. The path matters:
 * what a name on PATH leads to may be a slow launcher that looks for the interpreter again at every start.
 */
export async function versionsOf(box: Sandbox, candidates: Candidates): Promise<Record<string, Runtime>> {
  const found: Record<string, Runtime> = {}
  for (const [language, question] of Object.entries(questions)) {
    for (const command of candidates[language as keyof Candidates]) {
      const result = await box.exec([command, ...question])
      const [, version, path] = /^(\d+\.\d+\S*) (.+)\n$/.exec(new TextDecoder().decode(result.stdout)) ?? []
      if (result.code !== 0 || version === undefined || path === undefined) continue
      if (language === 'python' && !version.startsWith('3.')) continue
      found[language] = { command: path, version }
      break
    }
  }
  return found
}

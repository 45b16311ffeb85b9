import type { ProjectCode } from '@bench/datasets'
import { faultOfPath, folded } from '../answer/file-paths.js'
import { ScorerError } from '../errors.js'
import type { Runner } from './runner.js'

/** Files that change how tests run: never an answer's, whatever a task declares. */
const steering =
  /(?:^|\/)(?:conftest\.py|pytest\.ini|\.?pytest\.toml|tox\.ini|setup\.cfg|pyproject\.toml|(?:site|user)customize\.py|[^/]*\.pth|\.npmrc|package\.json|[jt]sconfig[^/]*\.json|vite(?:st)?\.(?:config|workspace)\.[^/]*|\.env[^/]*|\.babelrc[^/]*|node_modules\/.*)$/i

/**
 * Holds a task's own paths against what they are for.
 * @throws ScorerError `bad_options` naming the path
 */
export function checkProject(
  task: string,
  { files = {}, answer, tests, passes, runner, modules }: ProjectCode,
  { isTest }: Pick<Runner, 'isTest'>,
): void {
  const refuse = (why: string): never => {
    throw new ScorerError('bad_options', `scorer project-tests: task ${task}: ${why}`)
  }
  if (answer.length === 0) refuse('"answer" names no file; name what the reply has to give')
  if (!Object.keys(tests).some(isTest)) refuse(`"tests" holds no file that ${runner} would take for a test`)
  if (!Number.isInteger(passes) || passes < 1) refuse('"passes" has to be a whole number of 1 or more')
  if (runner === 'vitest' && modules === undefined)
    refuse('vitest comes with the modules of a project; name the folder in "modules"')
  const taken = new Map<string, string>()
  const claim = (path: string, where: string) => {
    const fault = faultOfPath(path)
    if (fault !== undefined) refuse(`${JSON.stringify(path)} in "${where}": ${fault}`)
    const other = taken.get(folded(path))
    if (other !== undefined) refuse(`${JSON.stringify(path)} is in "${other}" and in "${where}"`)
    taken.set(folded(path), where)
  }
  for (const path of Object.keys(tests)) claim(path, 'tests')
  for (const path of Object.keys(files)) claim(path, 'files')
  for (const path of answer) {
    claim(path, 'answer')
    if (steering.test(path)) refuse(`${path} steers how tests run, and can be nobody's answer`)
  }
}

/** What of a reply's files goes into the box: those that the task declares, under exactly these names. */
export interface Delivery {
  readonly files: Readonly<Record<string, string>>
  /** Declared, and not given. */
  readonly missing: readonly string[]
  /** Given, and not declared: left out. */
  readonly leftOut: readonly string[]
}

export function deliver(
  { answer }: Pick<ProjectCode, 'answer'>,
  given: Readonly<Record<string, string>>,
): Delivery {
  const declared = answer.filter((path) => Object.hasOwn(given, path))
  return {
    files: Object.fromEntries(declared.map((path) => [path, given[path]!])),
    missing: answer.filter((path) => !Object.hasOwn(given, path)),
    leftOut: Object.keys(given).filter((path) => !answer.includes(path)),
  }
}

/** The Python modules of an answer's files: name → whether it is a package. */
export function pythonModules(answer: readonly string[]): Record<string, boolean> {
  const modules = answer
    .filter((path) => path.endsWith('.py'))
    .map((path): [string, boolean] => {
      const names = path.slice(0, -3).split('/')
      const isPackage = names.at(-1) === '__init__'
      return [(isPackage ? names.slice(0, -1) : names).join('.'), isPackage]
    })
  return Object.fromEntries(modules.filter(([name]) => name !== ''))
}

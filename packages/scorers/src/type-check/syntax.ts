/**
 * Parsers of syntax as programs for the box: they compile what they are given and run none of it, tell errors a line each, and exit
 * with 1 where there is one.
 */

/** `compile` finds what `ast.parse` does not: a `return` outside of a function. */
export const pythonSyntax = `
import sys, warnings
warnings.simplefilter("ignore")
wrong = False
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        wrong = True
        print(f"{path}:{error.lineno or 0}:{error.offset or 0}: {type(error).__name__}: {error.msg}")
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        wrong = True
        print(f"{path}: {type(error).__name__}: {error}")
sys.exit(1 if wrong else 0)
`

/** A file may be a module or a CommonJS script; it is wrong where it is neither. */
export const javascriptSyntax = `
const { readFileSync } = require('node:fs')
const vm = require('node:vm')
const wrapped = ['exports', 'require', 'module', '__filename', '__dirname']
let wrong = false
for (const path of process.argv.slice(1)) {
  const text = readFileSync(path, 'utf8')
  try {
    new vm.SourceTextModule(text, { identifier: path })
    continue
  } catch (error) {
    try {
      vm.compileFunction(text.replace(/^#!.*/, ''), wrapped, { filename: path })
    } catch (other) {
      wrong = true
      const isModule = /^\\s*(?:import|export)\\b/m.test(text)
      const told = isModule ? error : other
      const at = /^(.+:\\d+)\\n/.exec(String(told.stack))
      console.log((at ? at[1] : path) + ': ' + told.name + ': ' + told.message)
    }
  }
}
process.exit(wrong ? 1 : 0)
`

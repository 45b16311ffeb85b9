// TypeScript as JavaScript: its types are taken out as a file is loaded, without a check. `./a.js` and `./a` find `./a.ts`.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const ts = createRequire(import.meta.url)('./typescript.js')

const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, inlineSourceMap: false }

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (!/^\.{0,2}\//.test(specifier)) throw error
    const path = fileURLToPath(new URL(specifier, context.parentURL)).replace(/\.([cm]?)js$/, '')
    const found = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js']
      .map((end) => path + end)
      .find(existsSync)
    if (found === undefined) throw error
    return await next(found, context)
  }
}

export async function load(url, context, next) {
  if (!/\.m?ts$/.test(url)) return next(url, context)
  const { outputText, diagnostics = [] } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), {
    compilerOptions: options,
    reportDiagnostics: true,
    fileName: fileURLToPath(url),
  })
  const [fault] = diagnostics
  if (fault) throw new SyntaxError(ts.flattenDiagnosticMessageText(fault.messageText, ' '))
  return { format: 'module', source: outputText, shortCircuit: true }
}

/**
 * Takes types out of TypeScript, and checks them where the task says so. It parses what models wrote, and runs none of it. Frames on
 * standard input and output, one out for each in: {"source", "test"?, "check"?, "cpuSec"}. Out {"code", "test"?}, or {"errors": [{"code",
 * "line", "message"}]}, or {"over": true} where it took more CPU time than that.
 *
 * With "check" the source and the test are checked as one file, as `tsc --target esnext` checks it and with its errors: what MultiPL-E
 * does. What they become is that target's. Otherwise it is a CommonJS module that every Node from 20 on can run.
 */
'use strict'
const { existsSync, readFileSync } = require('node:fs')
const path = require('node:path')
const { receive, send } = require('./frames.cjs')
const ts = require(path.join(__dirname, 'typescript.js'))

const checked = { target: ts.ScriptTarget.ESNext }
const stripped = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  jsx: ts.JsxEmit.React,
}
const file = '/test.ts'
const libraries = new Map()
let current
let last

/** The libraries are read and bound once. */
const host = {
  getSourceFile(name, options) {
    if (name === file) return current
    if (!libraries.has(name))
      libraries.set(
        name,
        isLibrary(name) ? ts.createSourceFile(name, readFileSync(name, 'utf8'), options) : undefined,
      )
    return libraries.get(name)
  },
  fileExists: (name) => name === file || isLibrary(name),
  readFile: (name) => (isLibrary(name) ? readFileSync(name, 'utf8') : undefined),
  writeFile() {},
  getCurrentDirectory: () => '/',
  getDefaultLibFileName: (options) => path.join(__dirname, ts.getDefaultLibFileName(options)),
  getDefaultLibLocation: () => __dirname,
  useCaseSensitiveFileNames: () => true,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
  directoryExists: () => false,
  getDirectories: () => [],
}

const isLibrary = (name) =>
  path.dirname(name) === __dirname && /^lib\..*d\.ts$/.test(path.basename(name)) && existsSync(name)

function errorsIn(text) {
  current = ts.createSourceFile(file, text, { languageVersion: checked.target }, true)
  const program = ts.createProgram([file], checked, host, last)
  last = program
  const syntax = [...program.getConfigFileParsingDiagnostics(), ...program.getSyntacticDiagnostics(current)]
  if (syntax.length > 0) return syntax
  const whole = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()]
  if (whole.length > 0) return whole
  const own = program.getSemanticDiagnostics(current)
  if (own.length > 0 || !reachesLibraries()) return own
  return program.getSourceFiles().flatMap((one) => program.getSemanticDiagnostics(one))
}

/** Only a declaration that joins one of a library's can make an error there: `interface Node` joins the browser's. */
function reachesLibraries() {
  const symbols = [...(current.locals?.values() ?? []), ...(current.symbol?.globalExports?.values() ?? [])]
  if (ts.isExternalModule(current) && !/\bglobal\b/.test(current.text)) return false
  if (/\bglobal\b/.test(current.text)) return true
  const names = new Set(symbols.map(({ escapedName }) => escapedName))
  return [...libraries.values()].some((one) => one?.locals && [...names].some((name) => one.locals.has(name)))
}

function compile({ source: text, test, check }) {
  // As every reader of files does.
  const source = text[0] === '\ufeff' ? text.slice(1) : text
  if (check) {
    const found = errorsIn(`${source}\n${test}`)
    if (found.length > 0) return { errors: found.slice(0, 10).map((one) => describe(one, current)) }
    const apart = emitApart(test)
    if (apart !== undefined) return apart
  }
  const code = emit(source, check ? checked : stripped)
  if ('errors' in code || test === undefined) return code
  const tests = emitTest(test, check)
  return 'errors' in tests ? tests : { ...code, test: tests.code }
}

/**
 * What was checked as one file, cut where the test begins. The whole is known here, and with it what a constant that is declared elsewhere
 * is. Undefined where the test's part is not what the test alone becomes.
 */
function emitApart(test) {
  let whole = ''
  last.emit(current, (_name, text) => {
    whole = text
  })
  const { code } = emitTest(test, true)
  if (code === undefined || !whole.endsWith(code)) return undefined
  return { code: whole.slice(0, whole.length - code.length), test: code }
}

/** Many answers bring the same test. */
const tests = new Map()

function emitTest(text, check) {
  const known = tests.get(text) ?? emit(text, check ? checked : { ...stripped, module: ts.ModuleKind.ESNext })
  tests.set(text, known)
  return known
}

function emit(text, options) {
  const plain = transpile(text, options, '/candidate.ts')
  // With markup in it, or else no TypeScript.
  if (!('errors' in plain) || options.jsx === undefined) return plain
  const marked = transpile(text, options, '/candidate.tsx')
  return 'errors' in marked ? plain : marked
}

function transpile(text, compilerOptions, fileName) {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    compilerOptions,
    fileName,
    reportDiagnostics: true,
  })
  const errors = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error)
  return errors.length > 0
    ? { errors: errors.slice(0, 10).map((one) => describe(one, one.file)) }
    : { code: outputText }
}

function describe({ code, start, messageText, file: at }, ours) {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 300)
  const line =
    at === ours && ours && start !== undefined
      ? ours.getLineAndCharacterOfPosition(start).line + 1
      : undefined
  return { code: `TS${code}`, message, ...(line === undefined ? {} : { line }) }
}

/** Before anything is asked: the libraries take a second to read. */
if (process.argv[2] === 'check') errorsIn('export {}')
send(1, '{"ready":true}')

for (;;) {
  const text = receive(0)
  if (text === undefined) process.exit(0)
  const job = JSON.parse(text)
  const before = process.cpuUsage()
  let reply
  try {
    reply = compile(job)
  } catch (error) {
    reply = { errors: [{ code: error.name, message: `the compiler: ${error.message}`.slice(0, 300) }] }
  }
  const { user, system } = process.cpuUsage(before)
  if (user + system > job.cpuSec * 1e6) reply = { over: true }
  send(1, JSON.stringify(reply))
}

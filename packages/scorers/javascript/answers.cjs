/**
 * Runs a candidate on all inputs of a test, in their order and in one process, as the test itself would, and tells what each gave.
 * It knows no expected value: whatever it tells is merely an answer.
 *
 * Payload {"source", "outline"?, "entry", "calls", "modules", "seal"}. On descriptor 3 one answer for each call, then {"ended"} where the program came
 * to an end of its own: one that never does has not passed.
 */
'use strict'
const { RESULT, send } = require('./frames.cjs')
const { load, silence, told } = require('./load.cjs')
const { answer, leave } = require('./serve.cjs')

exports.run = ({ source, outline, entry, calls, modules, seal }) => {
  const tell = (inside) => send(RESULT, `{"seal":"${seal}",${inside}}`)
  const end = (code) => {
    tell(code === 0 ? '"ended":true' : `"ended":true,"exit":"${code}"`)
    leave()
  }
  const fail = (error) => {
    tell(told(error, source))
    leave()
  }
  const next = (fn, from) => {
    for (let i = from; i < calls.length; i++) {
      const said = answer(fn, calls[i], source)
      if (typeof said !== 'string') {
        said.then((inside) => {
          tell(inside)
          next(fn, i + 1)
        }, fail)
        return
      }
      tell(said)
    }
    // Handlers of the program's own come first, and may have it end with another code.
    process.on('exit', (code) => end(process.exitCode ?? code))
  }
  silence()
  try {
    const fn = load(source, { entry, outline, modules })
    if (modules)
      Promise.resolve(fn)
        .then((loaded) => next(loaded, 0))
        .catch(fail)
    else next(fn, 0)
  } catch (error) {
    fail(error)
  }
}

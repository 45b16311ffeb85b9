/**
 * Runs a candidate on one input and tells what it gave. It knows no expected value: whatever it tells is merely an answer.
 *
 * Payload {"source", "setup", "entry", "args", "again", "seal"}. On descriptor 3 what the entry point returned, or what its promise
 * came to; and with "again" what a second call with the same arguments did: state that leaks from one call into the next shows there.
 * Without "entry" the source is a program, and 3 tells that it came to its end.
 */
'use strict'
const { RESULT, send } = require('./frames.cjs')
const { load, silence, told } = require('./load.cjs')
const { leave, value } = require('./serve.cjs')

exports.run = (job) => {
  const { seal } = job
  const tell = (inside) => send(RESULT, `{"seal":"${seal}",${inside}}`)
  if (job.entry === undefined) program(job, tell)
  else
    calls(job, tell).then(leave, (error) => {
      tell(told(error, job.source))
      leave()
    })
}

async function calls({ source, setup, entry, args, again }, tell) {
  silence()
  const fn = await load(source, { entry, setup, modules: true })
  tell(await value(fn, args, source))
  if (again) tell(await value(fn, args, source))
}

function program({ source, setup }, tell) {
  let failure
  process.on('uncaughtExceptionMonitor', (error) => {
    failure = told(error, source)
  })
  process.on('exit', (code) => {
    if (code === 0 || failure === undefined)
      tell(code === 0 ? '"ended":true' : `"ended":true,"exit":"${code}"`)
    else tell(failure)
  })
  // Node tells of what nobody catches, and ends, as it would for a program of its own.
  Promise.resolve(load(source, { setup, modules: true })).catch((error) => {
    setImmediate(() => {
      throw error
    })
  })
}

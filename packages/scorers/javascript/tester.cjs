/**
 * Runs a task's own test, trusted, against the candidate in its own process. Payload {"prompt", "entry", "test", "style"}; `candidate.cjs`
 * is at the far end of descriptors 4 and 5; the verdict goes to 3, which it cannot reach.
 */
'use strict'
const { HEARD, MAX_FRAME, RESULT, SAID, receive, send } = require('./frames.cjs')
const { ownRealm } = require('./realm.cjs')
const { Halt, runTest } = require('./test.cjs')

/** The test is given another. */
const own = process

exports.run = (job) => {
  const ready = hear()
  if (ready instanceof Halt) return tell({ passed: false, ...ready.told })
  if (ready.ready !== true) return tell({ passed: false, reply: ready })
  let verdict
  // A test that goes on by itself may fail after all, until nothing of it is left to wait for.
  own.on('uncaughtException', (error) =>
    tell({ passed: false, failure: { type: `${error?.name}`, message: `${error?.message}` } }),
  )
  own.on('beforeExit', () =>
    tell(verdict ?? { passed: false, failure: { type: 'Error', message: 'the test never came to its end' } }),
  )
  Promise.resolve(runTest(ownRealm(), job, ask)).then((told) => {
    verdict = told
    if (!told.passed) tell(told)
  })
}

function ask(args) {
  // An answer that was written before it was asked for does not have this.
  const { randomBytes } = require('node:crypto')
  const id = randomBytes(8).toString('hex')
  send(SAID, `{"id":"${id}","args":${args}}`)
  const reply = hear()
  if (reply instanceof Halt) throw reply
  if (reply.id !== id) throw new Halt({ forged: 'an answer came that nobody had asked for' })
  return reply
}

/** The next message; what ends the test where it is none. */
function hear() {
  const text = receive(HEARD, MAX_FRAME)
  if (text === undefined) return new Halt({ silent: true })
  if ((text.match(/[,[{]/g)?.length ?? 0) > 500_000)
    return new Halt({ reply: { output_limit: 'too many values' } })
  try {
    const message = JSON.parse(text)
    if (typeof message === 'object' && message !== null && !Array.isArray(message)) return message
  } catch {}
  return new Halt({ garbage: 'not JSON' })
}

function tell(verdict) {
  send(RESULT, JSON.stringify(verdict))
  own.reallyExit(0)
}

/**
 * Serves a candidate to `tester.cjs`: the process where its code runs, and nothing else of the test.
 *
 * Payload {"source", "entry"}. Says {"ready"} once the source is loaded, or what went wrong; then one reply for each
 * question, with the question's "id", which no code of the candidate can know before it is asked. Whatever comes out of this process is
 * merely an answer.
 */
'use strict'
const { HEARD, SAID, receive, send } = require('./frames.cjs')
const { load, silence, told } = require('./load.cjs')
const { answer, leave } = require('./serve.cjs')

const { parse } = JSON

exports.run = async ({ source, entry }) => {
  silence()
  let fn
  try {
    fn = await load(source, { entry, modules: true })
  } catch (error) {
    send(SAID, `{${told(error, source)}}`)
    leave()
  }
  send(SAID, '{"ready":true}')
  for (;;) {
    const question = receive(HEARD)
    if (question === undefined) leave()
    const { id, args } = parse(question)
    const said = answer(fn, args, source)
    send(SAID, `{"id":"${id}",${typeof said === 'string' ? said : await said}}`)
  }
}

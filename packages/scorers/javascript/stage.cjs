/**
 * Runs tests one after the other against answers that are there already, each in a realm of its own. No code of a candidate ever runs
 * here. Frames on standard input and output, one out for each in:
 *
 * {"do": "rehearse", "prompt", "entry", "test", "style"}: what the test asks, as far as no answer decides it. {"calls": […]}
 * {"do": "play", …, "source"?, "calls": […], "answers": […]}: the verdict. {"verdict", "asked"}; {"strayed": true} where the test asked for
 * something else than in the rehearsal. With "source" the test and it must be one program: no name in both.
 */
'use strict'
const vm = require('node:vm')
const { receive, send } = require('./frames.cjs')
const { freshRealm } = require('./realm.cjs')
const { Halt, runTest } = require('./test.cjs')

process.on('unhandledRejection', () => {})

/** Calls after which a rehearsal ends: a test may wait for an answer that never comes. */
const MAX_CALLS = 10_000

function rehearse(job) {
  const calls = []
  runTest(freshRealm(), { ...job, rehearsal: true }, (args) => {
    if (calls.length === MAX_CALLS) throw new Halt({ unsupported: 'a test without end' })
    calls.push(args)
  })
  return `{"calls":[${calls.join(',')}]}`
}

function play(job) {
  const clash = job.source === undefined ? undefined : clashOf(job.source, job.test)
  if (clash) return JSON.stringify({ verdict: { passed: false, reply: { syntax: clash } }, asked: 0 })
  let asked = 0
  let strayed = false
  const verdict = runTest(freshRealm(), job, (args) => {
    const expected = job.calls[asked]
    if (expected === undefined || args !== JSON.stringify(expected)) {
      strayed = true
      throw new Halt({ strayed })
    }
    const answer = job.answers[asked++]
    if (answer === undefined) throw new Halt({ silent: true })
    return answer
  })
  return JSON.stringify(strayed || verdict instanceof Promise ? { strayed: true } : { verdict, asked })
}

/** Node compiles a program and its test as one. This compiles them, and runs neither. */
function clashOf(source, test) {
  try {
    vm.compileFunction(`${source}\n${test}`, ['exports', 'require', 'module', '__filename', '__dirname'])
  } catch (error) {
    return { type: error.name, message: error.message, trace: [] }
  }
  return undefined
}

function next() {
  const text = receive(0)
  if (text === undefined) process.exit(0)
  const job = JSON.parse(text)
  send(1, job.do === 'rehearse' ? rehearse(job) : play(job))
  setImmediate(next)
}

send(1, '{"ready":true}')
next()

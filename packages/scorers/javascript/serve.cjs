/** Calls of a candidate's function, as they are asked for and answered. Whatever comes out of this process is merely an answer. */
'use strict'
const { types } = require('node:util')
const { decode } = require('./decode.cjs')
const { differ, encode, encodeContents, encodeTree, numbering, snapshot } = require('./encode.cjs')
const { told } = require('./load.cjs')
const { bare, methods, push } = require('./natives.cjs')

const { apply } = Reflect
const [then] = methods(Promise.prototype, 'then')
const [number] = methods(Map.prototype, 'set')

/**
 * One call. Gives the inside of a JSON object: {"value"} or what went wrong, {"changed"} where the call changed its arguments, and
 * {"later"} where it gave a promise: then this is a promise of it.
 */
function answer(fn, args, source) {
  const shared = []
  const values = decode(args, shared)
  const before = []
  for (let i = 0; i < shared.length; i++) push(before, snapshot(shared[i]))
  const reply = (text) => text + changes(shared, before)
  try {
    const value = apply(fn, undefined, values)
    if (!types.isPromise(value)) return returned(value, shared, before, source)
    const late = (inside) => `${inside},"later":true`
    return then(
      value,
      (result) => late(returned(result, shared, before, source)),
      (error) => late(reply(told(error, source))),
    )
  } catch (error) {
    return reply(told(error, source))
  }
}

function returned(value, shared, before, source) {
  try {
    const known = numbersOf(shared)
    return `"value":${encode(value, known)}${changes(shared, before, known)}`
  } catch (error) {
    return told(error, source)
  }
}

function numbersOf(shared) {
  const known = numbering()
  for (let i = 0; i < shared.length; i++) number(known, shared[i], i)
  return known
}

/** One call whose value stands alone: a promise of {"value"} or what went wrong. */
async function value(fn, args, source) {
  try {
    return `"value":${encodeTree(await apply(fn, undefined, decode(args)))}`
  } catch (error) {
    return told(error, source)
  }
}

/** What the arguments hold now, where it is not what they held before. */
function changes(shared, before, known = numbersOf(shared)) {
  let list = ''
  try {
    for (let i = 0; i < before.length; i++)
      if (differ(before[i], snapshot(shared[i])))
        list += `${list === '' ? '' : ','}[${i},${encodeContents(shared[i], known)}]`
  } catch {
    // What cannot be told of is not carried back.
    return ''
  }
  return list === '' ? '' : `,"changed":[${list}]`
}

/** Leaves at once: what an interpreter does at its end takes as long as all else here. */
const leave = bare(process.reallyExit)

module.exports = { answer, leave: () => leave(process, 0), value }

/** What a rehearsal has in place of answers and assertions. */
'use strict'

/** Stands for an answer that is not known: whatever is asked of it is not known either. */
const nothing = new Proxy(function nothing() {}, {
  get(_target, key) {
    if (key === Symbol.toPrimitive) return () => Number.NaN
    if (key === Symbol.iterator) return () => [][Symbol.iterator]()
    return key === 'then' ? undefined : nothing
  },
  set: () => true,
  apply: () => nothing,
  construct: () => nothing,
})

/** Assertions that hold. Functions that they are given are called: they may ask something. */
const assertion = (...args) => {
  if (typeof args[0] !== 'function' || args[0] === nothing) return
  try {
    args[0]()
  } catch {}
}
const assertions = new Proxy(assertion, {
  get: (target, key) => (key === 'AssertionError' ? Error : key === 'strict' ? assertions : target),
})

module.exports = { assertions, nothing }

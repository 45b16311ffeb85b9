/**
 * Built-ins as they were before any code of a candidate ran. It shares a process with what uses them, and may have changed every one
 * that is reached by a name, through a prototype or by an iterator.
 */
'use strict'

const { apply, getOwnPropertyDescriptor } = Reflect
const { defineProperty } = Object

/** A method as a function of its object. */
const bare =
  (method) =>
  (self, ...args) =>
    apply(method, self, args)
const methods = (prototype, ...keys) => keys.map((key) => bare(prototype[key]))
const getters = (prototype, ...keys) => keys.map((key) => bare(getOwnPropertyDescriptor(prototype, key).get))

/** Appends an item. Neither a planted `push` nor a planted setter of an index sees it. */
function push(list, item) {
  defineProperty(list, list.length, {
    __proto__: null,
    value: item,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

module.exports = { bare, getters, methods, push }

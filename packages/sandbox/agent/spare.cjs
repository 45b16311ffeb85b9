'use strict'
/**
 * A Node that has been started before it is needed: confined already, with the trusted programs loaded, it waits for
 * its one task. Numbers of descriptors and the form of a task are those of start.py and channel.py.
 */
const { closeSync, readSync, writeSync } = require('node:fs')

const [linkRead, linkWrite, start, stdinWrite] = [4, 5, 6, 7]
const [, folder, ...names] = process.argv.splice(1)
const mains = names.map((name) => (name.endsWith('.cjs') ? require(`${folder}/${name}`).main : undefined))

function read(size) {
  const bytes = Buffer.allocUnsafeSlow(size)
  for (let at = 0, count = 0; at < size; at += count) {
    count = readSync(start, bytes, at, size - at, null)
    if (count === 0) process.reallyExit(0)
  }
  return bytes
}

function close(...descriptors) {
  for (const descriptor of descriptors)
    try {
      closeSync(descriptor)
    } catch {
      // It was never given.
    }
}

const task = read(40)
const payload = read(Number(task.readBigUInt64BE(8)))
const stdin = read(Number(task.readBigUInt64BE(16)))
close(start)
for (let at = 0; at < stdin.length; ) at += writeSync(stdinWrite, stdin, at)
close(stdinWrite)
if (task.readUInt32BE(4) === 0) close(linkRead, linkWrite)
const number = task.readUInt32BE(0)
process.argv.push(`${folder}/${names[number]}`)
mains[number](payload)

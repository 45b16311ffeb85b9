import { expect } from 'vitest'
import { alone, both, type Case, node, python } from './case.js'

/** Jobs in JavaScript, where a box has Node. */
export const nodes: readonly Case[] = [
  {
    name: 'a program for Node has the same',
    node: true,
    async run({ open }) {
      await using server = await open({ spareNodes: 1 })
      const code = `tell('result'); console.log(fs.readFileSync(0, 'utf8'), fs.readdirSync('.').length); process.exit(3)`
      for (const stdin of ['input', ''])
        expect(await alone(server, node(code, { stdin }))).toMatchObject({
          reason: 'ok',
          code: 3,
          told: 'result',
          out: `${stdin} 0\n`,
        })
      const raised = await alone(server, node('throw new Error("so")'))
      expect(raised).toMatchObject({ reason: 'ok', code: 1 })
      expect(raised.err).toContain('Error: so')
      const rejected = await alone(server, node('return Promise.reject(new Error("so"))'))
      expect(rejected).toMatchObject({ reason: 'ok', code: 1 })
    },
  },
  {
    name: 'two Nodes are joined, and a Node and a Python, in either order and after single jobs',
    node: true,
    async run({ open }) {
      await using server = await open({ spareNodes: 2 })
      const upper = {
        node: node('for (;;) { const heard = hear(); if (heard === "") break; say(heard.toUpperCase()) }'),
        python: python('while True:\n    heard = hear()\n    if not heard: break\n    say(heard.upper())'),
      }
      const asks = {
        node: node('say("a"); const one = hear(); say("b"); tell(one + hear())'),
        python: python('say("a"); one = hear(); say("b"); tell(one + hear())'),
      }
      for (const [first, last] of [
        ['node', 'node'],
        ['node', 'python'],
        ['python', 'node'],
        ['node', 'node'],
        ['python', 'python'],
      ] as const) {
        expect((await both(server, upper[first], asks[last]))[1]).toMatchObject({ reason: 'ok', told: 'AB' })
        expect((await alone(server, node('tell("alone")'))).told).toBe('alone')
      }
    },
  },
]

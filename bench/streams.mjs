/**
 * Opens so many streams of one provider at once on a server that holds them all open, reads each to its end, and prints
 * the most memory that this process took.
 *
 *     node bench/streams.mjs PROVIDER URL count
 */
import { join } from 'node:path'
import { root } from '../scripts/workspace.mjs'

const [provider, url, count] = [process.argv[2], process.argv[3], Number(process.argv[4])]
const { resolveModel } = await import(join(root, 'packages/providers/dist/index.js'))
const endpoint = provider === 'anthropic' ? url.replace(/\/v1$/, '') : url
const model = await resolveModel(`${provider}:echo`, { endpoint, apiKey: 'none' }, {})
const replies = await Promise.all(
  Array.from({ length: count }, (_, i) => model.generate([{ role: 'user', content: `item ${i} ` }], {})),
)
const wrong = replies.filter(({ text }, i) => text !== `item ${i} `.repeat(21)).length
if (wrong > 0) throw new Error(`${wrong} of ${count} replies are not what was sent`)
console.log(JSON.stringify({ rssMb: process.resourceUsage().maxRSS / 1024 }))

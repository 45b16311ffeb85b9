import { createHash } from 'node:crypto'
import { withoutSecrets } from '@bench/providers'
import type { BlobStore } from '../spec.js'
import type { Database } from './database.js'
import type { Reply, Writer } from './writer.js'

/** A run's replies in Postgres. A text is durable once it is put, alone or with others. */
export function queueBlobStore(database: Database, writer: Writer, run: string): BlobStore {
  return {
    async put(given) {
      const reply = replyOf(given)
      await writer.commit({ run, replies: [reply] })
      return reply.hash
    },
    get: async (hash) => (await readReplies(database, run, [hash])).get(hash),
    async [Symbol.asyncDispose]() {},
  }
}

/** Without any secret. */
export function replyOf(given: string): Reply {
  const text = withoutSecrets(given)
  return {
    hash: createHash('sha256').update(text).digest('hex'),
    body: Buffer.from(JSON.stringify(text)),
  }
}

/** Those of the hashes that are there, with their texts; one that is not as it was put is not. */
export async function readReplies(
  database: Database,
  run: string,
  hashes: readonly string[],
): Promise<Map<string, string>> {
  const rows = await database.query<{ hash: string; body: Buffer }>(
    'select hash, body from bench.reply where run = $1 and hash = any($2)',
    [run, hashes],
  )
  return new Map(
    rows.flatMap(({ hash, body }) => {
      const text: unknown = JSON.parse(body.toString())
      const whole = typeof text === 'string' && createHash('sha256').update(text).digest('hex') === hash
      return whole ? [[hash, text] as const] : []
    }),
  )
}

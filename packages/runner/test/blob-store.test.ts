import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBlobStore } from '../src/index.js'
import { testBlobStore } from '../src/testing.js'
import { tempFolder } from './world.js'

testBlobStore('local', async () => {
  const dir = await tempFolder()
  return {
    open: () => openBlobStore(dir.path),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  }
})

test('whatever text is put comes back, from another store too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 20 }),
      async (texts) => {
        await using dir = await tempFolder()
        let hashes: string[]
        {
          await using store = await openBlobStore(dir.path)
          hashes = await Promise.all(texts.map((text) => store.put(text)))
          for (const [i, hash] of hashes.entries()) expect(await store.get(hash)).toBe(texts[i])
        }
        await using again = await openBlobStore(dir.path)
        for (const [i, hash] of hashes.entries()) expect(await again.get(hash)).toBe(texts[i])
      },
    ),
    { numRuns: 30 },
  )
})

test('equal texts are stored once, put at once or later', async () => {
  await using dir = await tempFolder()
  for (let round = 0; round < 2; round++) {
    await using store = await openBlobStore(dir.path)
    await Promise.all([store.put('same'), store.put('same'), store.put('other')])
    await store.put('same')
  }
  const file = await readFile(join(dir.path, 'responses/replies.jsonl'), 'utf8')
  expect(file.trimEnd().split('\n')).toHaveLength(2)
})

test('a long text, longer than any block it is read by', async () => {
  await using dir = await tempFolder()
  await using store = await openBlobStore(dir.path)
  const text = 'é\n'.repeat(400_000)
  await store.put('before')
  const hash = await store.put(text)
  await store.put('after')
  expect(await store.get(hash)).toBe(text)
})

test('an unknown hash, and a text that was altered or torn, are not there', async () => {
  await using dir = await tempFolder()
  const path = join(dir.path, 'responses/replies.jsonl')
  let hashes: string[]
  {
    await using store = await openBlobStore(dir.path)
    expect(await store.get('00'.repeat(32))).toBeUndefined()
    hashes = [await store.put('first'), await store.put('second')]
  }
  await writeFile(path, (await readFile(path, 'utf8')).replace('first', 'fïrst'))
  await appendFile(path, '{"hash":"torn')
  await using store = await openBlobStore(dir.path)
  expect(await Promise.all(hashes.map((hash) => store.get(hash)))).toEqual([undefined, 'second'])
  expect(await store.put('first')).toBe(hashes[0])
  expect(await store.get(hashes[0]!)).toBe('first')
  const third = await store.put('third')
  expect(await store.get(third)).toBe('third')
})

test('reading where nothing was written creates nothing', async () => {
  await using dir = await tempFolder()
  {
    await using store = await openBlobStore(dir.path)
    await store.get('00'.repeat(32))
  }
  await expect(readFile(join(dir.path, 'responses/replies.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' })
})

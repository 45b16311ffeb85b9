import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutations } from './mutations.mjs'

test('every defence that is to be switched off is where it is looked for', () => {
  const misfits = mutations.flatMap((mutation) => {
    const texts = new Map<string, string>()
    return ('edits' in mutation ? mutation.edits : [mutation]).flatMap(({ file, find, replace }) => {
      const text = texts.get(file) ?? readFileSync(file, 'utf8')
      texts.set(
        file,
        text.replace(find, () => replace),
      )
      return text.split(find).length === 2 ? [] : [`${mutation.name}: ${file} does not hold once: ${find}`]
    })
  })
  expect(mutations).not.toHaveLength(0)
  expect(misfits).toEqual([])
})

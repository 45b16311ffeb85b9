import { addSecret, withoutSecrets, withoutSecretsIn } from '@bench/providers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const key = 'sk-Proj/a+b=c&d"e<f>\\g\'h-0123456789'
addSecret(key)

/** Keys as they are made, and as no header would carry them: all of it must go. */
const secret = fc
  .string({ unit: 'binary-ascii', minLength: 12, maxLength: 40 })
  .filter((text) => text.trim().length >= 12 && text === text.trim() && !/^[ -]+$/.test(text))

describe('withoutSecrets', () => {
  it.each([
    ['as it is', key],
    ['in JSON', JSON.stringify({ error: `no such key ${key}` })],
    ['in JSON in JSON', JSON.stringify({ raw: JSON.stringify({ key }) })],
    ['in JSON of PHP', JSON.stringify(key).replaceAll('/', '\\/')],
    ['in a URL', `https://host/?key=${encodeURIComponent(key)}`],
    ['in a URL in lower case', encodeURIComponent(key).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ key }).toString()],
    [
      'in HTML',
      key
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ],
    ['in Basic auth', `Basic ${Buffer.from(`user:${key}`).toString('base64')}`],
    ['in base64url', Buffer.from(`${key}?`).toString('base64url')],
  ])('takes a key out %s', (_form, text) => {
    const safe = withoutSecrets(text)
    expect(safe).toContain('[redacted]')
    expect(safe).not.toMatch(/Proj|0123456|a\+b|UHJvai|Byb2ov|Qcm9q/)
  })

  it('leaves nothing of any key, wherever it stands', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (made, before, after) => {
        addSecret(made)
        const wrapped = before + made + after
        expect(withoutSecrets(wrapped)).not.toContain(made)
        expect(withoutSecrets(JSON.stringify({ wrapped }))).not.toContain(JSON.stringify(made).slice(1, -1))
        expect(withoutSecrets(encodeURIComponent(made))).not.toContain(encodeURIComponent(made))
        const encoded = withoutSecrets(Buffer.from(wrapped).toString('base64'))
        expect(encoded).toContain('[redacted]')
        expect(Buffer.from(encoded, 'base64').toString()).not.toContain(made)
      }),
      { numRuns: 40 },
    )
  })

  it('takes out the longer of two that begin alike', () => {
    addSecret('token-abcdefgh')
    addSecret('token-abcdefgh-and-more')
    expect(withoutSecrets('is token-abcdefgh-and-more, or token-abcdefgh')).toBe(
      'is [redacted], or [redacted]',
    )
  })

  it('keeps words that guard nothing', () => {
    for (const word of ['EMPTY', 'ollama', 'lm-studio', 'k', '', '  ']) addSecret(word)
    addSecret(undefined)
    const text = 'EMPTY of ollama and lm-studio: ok'
    expect(withoutSecrets(text)).toBe(text)
  })
})

describe('withoutSecretsIn', () => {
  it('goes through lists, objects and their keys, and leaves the rest as it is', () => {
    const bytes = Buffer.from(key)
    const when = new Date(0)
    const value = { [key]: [1, null, `x ${key}`], deep: { key }, bytes, when, none: undefined }
    expect(withoutSecretsIn(value)).toEqual({
      '[redacted]': [1, null, 'x [redacted]'],
      deep: { key: '[redacted]' },
      bytes,
      when,
      none: undefined,
    })
    const clean = { a: [1, 'two'], b: { c: true } }
    expect(withoutSecretsIn(clean)).toBe(clean)
  })
})

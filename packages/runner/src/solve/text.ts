/** Characters of a check's words that a model is shown. */
const shown = 6000

/**
 * Text that hostile code had a hand in, as a model may be shown it: capped, without characters that cannot be seen or that steer a
 * terminal.
 */
export function plainText(text: string): string {
  const plain = wellFormed(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the point
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '�')
  return plain.length <= shown ? plain : `${wellFormed(plain.slice(0, shown))}… (${plain.length} characters)`
}

/** The text between fences that nothing in it can close. */
export function fenced(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** Half of a character that two code units make becomes a mark that it was there: no bytes are the same as half of one. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

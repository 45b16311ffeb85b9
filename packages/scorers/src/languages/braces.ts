/** Comments, strings and characters of the languages whose blocks stand in braces; a lifetime of Rust is no character. */
const apart =
  /\/\/[^\n]*|\/\*.*?(?:\*\/|$)|R"([^\s()\\]{0,16})\(.*?\)\1"|r(#*)".*?"\2|""".*?"""|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\(?:u\{?[\da-fA-F]+\}?|x?[\da-fA-F]+|.)|[^'\\\n])'/gs

/** Code with spaces in place of what is no code in it. */
export const bare = (code: string): string => code.replace(apart, (text) => ' '.repeat(text.length))

/** Code up to where it closes a brace that stood before it. */
export function withinBlock(code: string): string {
  let open = 0
  for (const { 0: brace, index } of bare(code).matchAll(/[{}]/g)) {
    open += brace === '{' ? 1 : -1
    if (open < 0) return code.slice(0, index)
  }
  return code
}

/** How many braces code leaves open; negative where it closes more than it opens. */
export function openBraces(code: string): number {
  let open = 0
  for (const [brace] of bare(code).matchAll(/[{}]/g)) open += brace === '{' ? 1 : -1
  return open
}

/** The text of a trusted script in two: what closes the prompt's function, and the test behind it. */
export function splitTest(test: string, main: RegExp): { readonly closing: string; readonly rest: string } {
  const at = test.search(main)
  return at < 0 ? { closing: '', rest: test } : { closing: test.slice(0, at), rest: test.slice(at) }
}

/** The prompt in two: what stands before its function, and the first line of that, whose brace is left open. */
export function splitPrompt(prompt: string): { readonly before: string; readonly signature: string } {
  const lines = prompt.trimEnd().split('\n')
  return { before: lines.slice(0, -1).join('\n'), signature: lines.at(-1) ?? '' }
}

/** What stands between commas that no bracket encloses. */
export function splitList(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const character of text) {
    if ('([{<'.includes(character)) depth++
    if (')]}>'.includes(character)) depth--
    if (character === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else {
      part += character
    }
  }
  return [...parts, part].filter((one) => one.trim() !== '')
}

import type { Language } from '@bench/datasets'
import { linesOf } from './lines.js'

/**
 * The code in a text without fences that has words around it: from the first line that begins code to the last that is code
 * without a break. Undefined where no line begins any; the text itself where there are no words.
 */
export function plainCode(text: string, language: Language): string | undefined {
  const shape = shapes[language]
  if (shape === undefined) return undefined
  let from: number | undefined
  let to = 0
  let words = false
  for (const { start, text: whole } of linesOf(text)) {
    // The beginning of a line tells what it is: the patterns below need not be quick on a whole megabyte.
    const line = whole.slice(0, 200)
    if (from === undefined) {
      if (shape.begins.test(line)) from = start
      else if (line.trim() !== '') words = true
    }
    if (from === undefined || line.trim() === '') continue
    if (!/^\s/.test(line) && !shape.goesOn.test(line)) {
      words = true
      break
    }
    to = start + whole.length
  }
  if (from === undefined) return undefined
  return words ? text.slice(from, to) : text
}

interface Shape {
  /** A line that can only be code: an import or a definition. */
  readonly begins: RegExp
  /** A line at the left margin that may be code, once code has begun. */
  readonly goesOn: RegExp
}

const script: Shape = {
  begins:
    /^(?:import\s.*from|import\s*["'{*]|export\s|(?:async\s+)?function\b|(?:const|let|var)\s+[\w${[]|class\s+\w+.*\{|interface\s+\w+|type\s+\w+.*=|["']use strict)/,
  goesOn:
    /^(?:[})\];@(]|\/[/*]| ?\*|import\s|export\s|async\s+function|function\b|const\s|let\s|var\s|class\s+\w+.*\{|interface\s+\w+|type\s+\w+.*=|(?:if|for|while|switch|try|return|throw)\b.*[{;]|(?:await\s+)?[\w$.[\]]+\s*(?:\(|[-+*/]?=[^=])|["'`])/,
}

/** A preprocessor's line, a type or a function; of words in front of a parenthesis the first is a type that is known. */
const cppLine =
  /^(?:#\s*(?:include|define|if|ifdef|ifndef|endif|pragma)\b|using\s+[\w:]+.*;|namespace\s+\w+.*[{=]|template\s*<|typedef\s|(?:class|struct|union|enum)\s+\w+[^.]*[{;]|(?:(?:static|inline|const|constexpr|unsigned|signed|long)\s+)*(?:void|bool|char|int|long|float|double|auto|size_t|string|(?:std::|vector<|map<|set<|pair<|tuple<|optional<|unordered_|Union_)[^()]*[\s>])[\s*&>]*\w*\s*(?:\(.*[{,)]|=.*;|$))/

const rustLine =
  /^(?:#!?\[|(?:pub(?:\([^)]*\))?\s+)?(?:(?:const\s+|unsafe\s+)*fn\s+\w+|use\s+[\w:{]+.*[;{]|(?:struct|enum|trait|mod)\s+\w+.*[{;(]|(?:const|static)\s+\w+\s*:|type\s+\w+.*=)|impl\b.*\{|macro_rules!)/

const either = (first: RegExp, second: RegExp) => new RegExp(`${first.source}|${second.source}`)

const shapes: Readonly<Partial<Record<Language, Shape>>> = {
  python: {
    begins: /^(?:import\s+\w|from\s+[\w.]+\s+import\b|(?:async\s+)?def\s+\w+|class\s+\w+\s*[:(]|@\w)/,
    goesOn:
      /^(?:[#@)\]}"']|import\s+\w|from\s+[\w.]+\s+import\b|(?:async\s+)?def\s+\w+|class\s+\w+\s*[:(]|(?:if|elif|for|while|with|try|except|finally|else|match)\b.*:|(?:return|raise|assert|del|global|pass|print)\b|[\w.[\], ]+(?::\s*[\w.[\], ]+)?\s*[-+*/|&]?=[^=]|[\w.]+\s*\()/,
  },
  javascript: script,
  typescript: script,
  cpp: { begins: cppLine, goesOn: either(cppLine, /^(?:[{}#)\]]|\/[/*]| ?\*|(?:public|private):)/) },
  rust: { begins: rustLine, goesOn: either(rustLine, /^(?:[{})\];]|\/[/*]| ?\*|where\b)/) },
}

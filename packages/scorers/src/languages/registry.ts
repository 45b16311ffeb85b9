import type { Language } from '@bench/datasets'
import { cpp } from './cpp.js'
import { go } from './go.js'
import { java } from './java.js'
import { javascript } from './javascript.js'
import { python } from './python.js'
import { rust } from './rust.js'
import { shell } from './shell.js'
import type { LanguageSupport } from './spec.js'
import { typescript } from './typescript.js'

const languages: Readonly<Partial<Record<Language, LanguageSupport>>> = {
  python,
  shell,
  javascript,
  typescript,
  cpp,
  rust,
  java,
  go,
}

/** What is known of a language; undefined where it is not judged. */
export const language = (name: Language): LanguageSupport | undefined => languages[name]

import type { Language } from '@bench/datasets'
import { python } from './python.js'
import { shell } from './shell.js'
import type { LanguageSupport } from './spec.js'

const languages: Readonly<Partial<Record<Language, LanguageSupport>>> = { python, shell }

/** What is known of a language; undefined where it is not judged. */
export const language = (name: Language): LanguageSupport | undefined => languages[name]

import type { Language } from '@bench/datasets'

const names: Readonly<Record<Language, string>> = {
  python: 'solution.py',
  javascript: 'solution.js',
  typescript: 'solution.ts',
  shell: 'solution.sh',
  cpp: 'solution.cpp',
  rust: 'solution.rs',
  java: 'Solution.java',
  go: 'solution.go',
}

/** What a file is called that holds all the code of an answer. */
export const sourceName = (language: Language): string => names[language]

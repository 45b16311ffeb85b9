import { type AttemptOutcome, outcomes } from '@bench/runner/record'
import { html, type Markup } from './markup.js'

/** One letter per outcome, so that colour never tells alone. */
const letters: Readonly<Record<AttemptOutcome, string>> = {
  pass: '✓',
  wrong_answer: 'W',
  syntax: 'S',
  runtime: 'R',
  memory: 'M',
  output_limit: 'O',
  crash: 'C',
  forged: 'F',
  time_limit: 'T',
  no_answer: 'N',
  truncated: 'L',
  refused: 'D',
  timeout: 't',
  infra: '!',
  unjudged: '?',
  not_run: '·',
}

/** How an outcome is coloured: passed, in the denominator but not passed, or left out of it. */
const tone = (outcome: AttemptOutcome): 'pass' | 'miss' | 'out' =>
  outcome === 'pass' ? 'pass' : outcomes[outcome].denominator ? 'miss' : 'out'

export const chip = (outcome: AttemptOutcome, title: string): Markup =>
  html`<i class="o ${tone(outcome)}" title="${title}">${letters[outcome]}</i>`

import { moment, plural, unknown, usd } from '../../display.js'
import { clean } from '../../text.js'
import { type Content, html, type Markup } from '../markup.js'
import type { Scene } from '../scene.js'

/** All that is needed to ask the same again, and what the prices were when it was asked. */
export function manifestSection({ report, name }: Scene): Markup {
  const { plan } = report
  const { dataset, sandbox, call, sample } = plan
  const facts: readonly (readonly [string, Content])[] = [
    [
      'Dataset',
      `${clean(dataset.name)} ${clean(dataset.version)}, ${plural(plan.tasks.length, 'task')} of ${dataset.size}`,
    ],
    ['Read from', html`<code>${clean(dataset.source)}</code>`],
    ['SHA-256', html`<code>${clean(dataset.hash)}</code>`],
    ['Sample', sample === undefined ? 'all tasks chosen' : `${sample.n} drawn with seed ${sample.seed}`],
    ['Repeats', String(plan.repeats)],
    ['Solver', [clean(plan.solver), ...pairsOf(plan.solverOptions ?? {})].join(', ')],
    ['Call settings', settings(call)],
    ['Extra scorers', plan.scorers?.length ? plan.scorers.map(clean).join(', ') : undefined],
    [
      'Sandbox',
      sandbox === undefined
        ? 'none used'
        : `${clean(sandbox.driver)} ${clean(sandbox.version)}${sandbox.isolates ? '' : ', UNPROTECTED'}`,
    ],
    [
      'Runtimes',
      sandbox &&
        Object.entries(sandbox.runtimes)
          .map(([key, value]) => clean(`${key} ${value}`))
          .join(', '),
    ],
    ['Sandbox notes', sandbox?.notes.map(clean).join('; ')],
    ['Concurrency', String(plan.concurrency)],
    ['Cost cap', plan.maxCost === undefined ? 'none' : usd(plan.maxCost)],
    ['Harness', `bench ${clean(plan.harness)}`],
    ['Run', html`<code>${clean(plan.run)}</code>`],
    ['Planned', moment(plan.created)],
  ]
  return html`<section><h2>Manifest</h2><dl>${facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>
<table class="stack"><caption>Prices in US dollars per million tokens, as known on ${moment(plan.created)}</caption><thead><tr><th scope="col">Model</th><th scope="col" class="num">Input</th><th scope="col" class="num">Output</th><th scope="col">Source</th></tr></thead><tbody>${plan.models.map(
    (model) =>
      html`<tr><th scope="row" class="wide">${name(model.id)}</th><td class="num" data-label="input">${model.price === undefined ? unknown : usd(model.price.inputPerMillion)}</td><td class="num" data-label="output">${model.price === undefined ? unknown : usd(model.price.outputPerMillion)}</td><td class="wide dim">${model.price === undefined ? (model.local ? 'local' : 'unknown') : clean(model.price.source)}</td></tr>`,
  )}</tbody></table></section>
`
}

function settings(call: Scene['report']['plan']['call']): string {
  const set = pairsOf(call)
  return set.length === 0 ? "each provider's own defaults" : set.join(', ')
}

const pairsOf = (settings: object): string[] =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => clean(`${key} ${JSON.stringify(value)}`))

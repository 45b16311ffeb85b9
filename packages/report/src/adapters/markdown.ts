import { outcomeNames } from '@bench/runner/record'
import { leftOutWords, notRun, sparedWords } from '../denominator.js'
import { costLabel, count, duration, percent, plural, range, tallyWords, unknown } from '../display.js'
import { words } from '../failures.js'
import { ranking, scoreName, verdict } from '../ranking.js'
import type { Out, Report, ReportFormat } from '../spec.js'
import { clean } from '../text.js'

/** The summary for an issue, a pull request or a CI job's page (GitHub Flavored Markdown). */
export const format: ReportFormat = {
  name: 'markdown',
  file: 'report.md',
  async write(report, out) {
    const { plan, models } = report
    const { missing, planned } = notRun(models, plan)
    const title = `${plan.dataset.name} ${plan.dataset.version}`
    await out.write(`## ${text(title)}\n\n`)
    if (missing > 0)
      await out.write(`**PARTIAL**: ${count(missing)} of ${plural(planned, 'attempt')} not run.\n\n`)
    const spared = sparedWords(models, plan)
    if (spared !== '') await out.write(`${text(spared)}\n\n`)
    if (plan.sandbox?.isolates === false) await out.write('**UNPROTECTED**: code ran without a sandbox.\n\n')
    const { headline, basis } = verdict(report)
    await out.write(`**${text(headline)}**${basis && ` ${text(basis)}`}\n\n`)
    await out.write(`| # | Model | ${scoreName(models)} | 95 % CI | n | Left out | Cost | p50 | tok/s |\n`)
    await out.write('|--:|:--|--:|:--|--:|:--|--:|--:|--:|\n')
    for (const { rank, summary } of ranking(report)) {
      const { interval, p50Ms, tokensPerSecond } = summary
      const cells = [
        rank === null ? unknown : String(rank),
        text(summary.model),
        summary.score === null ? unknown : percent(summary.score),
        interval === null ? unknown : range(interval.low, interval.high),
        count(summary.n),
        leftOutWords(summary) || unknown,
        costLabel(summary, plan),
        p50Ms === undefined ? unknown : duration(p50Ms),
        tokensPerSecond === undefined ? unknown : count(Math.round(tokensPerSecond)),
      ]
      await out.write(`| ${cells.join(' | ')} |\n`)
    }
    for (const { summary } of ranking(report)) {
      const shown = tallyWords(summary)
      if (shown !== '') await out.write(`\n${text(`${summary.model}: ${shown}`)}\n`)
    }
    await failuresByKind(report, out)
    const tasks = `${plural(plan.tasks.length, 'task')} × ${plural(plan.repeats, 'repeat')}`
    await out.write(
      `\n${text(`${tasks}, run ${plan.run}, harness ${plan.harness}, planned ${plan.created}`)}\n`,
    )
  },
}

/** How many of each model's attempts ended in which way that is no pass; nothing where all passed. */
async function failuresByKind(report: Report, out: Out): Promise<void> {
  const models = ranking(report).map(({ summary }) => summary)
  const kinds = outcomeNames.filter(
    (outcome) => outcome !== 'pass' && models.some(({ counts }) => (counts[outcome] ?? 0) > 0),
  )
  if (kinds.length === 0) return
  const row = (cells: readonly string[]) => out.write(`| ${cells.join(' | ')} |\n`)
  await out.write('\n')
  await row(['Did not pass', ...models.map(({ model }) => text(model))])
  await row([':--', ...models.map(() => '--:')])
  for (const kind of kinds) await row([words[kind], ...models.map(({ counts }) => count(counts[kind] ?? 0))])
}

/** What would be markup, a link, a mention or a table's edge is escaped. */
const text = (raw: string): string =>
  clean(raw)
    .replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)

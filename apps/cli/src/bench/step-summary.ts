import { appendFile, stat } from 'node:fs/promises'
import { withoutSecrets } from '@bench/providers'
import { clean, format, type Report } from '@bench/report'
import { shown } from './finish.js'

/** GitHub shows no summary of a step that is larger. */
const mostBytes = 2 ** 20
const cutOff = '\n_Cut here: GitHub shows no more than 1 MiB of a step._\n'

/**
 * Appends a run to the page of a CI job, where `GITHUB_STEP_SUMMARY` names its file: the score of each model with n and
 * interval, cost, failures by kind, PARTIAL where it is, and where the report lies.
 * @returns why it could not, for a person; the run is none the worse for it
 */
export async function writeStepSummary(
  report: Report,
  html: string,
  path: string | undefined = process.env.GITHUB_STEP_SUMMARY,
): Promise<string | undefined> {
  if (!path) {
    return undefined
  }
  try {
    const before = await stat(path).then(
      ({ size }) => size,
      () => 0,
    )
    const text = await summaryOf(report, html)
    await appendFile(path, fitting(text, mostBytes - before))
    return undefined
  } catch (error) {
    return `GITHUB_STEP_SUMMARY: ${path} cannot be written to: ${(error as Error).message}`
  }
}

async function summaryOf(report: Report, html: string): Promise<string> {
  let text = ''
  await (await format('markdown')).write(report, {
    write(chunk) {
      text += chunk
    },
  })
  const where = clean(shown(html)).replaceAll('`', "'")
  return withoutSecrets(`${text}\nReport: \`${where}\`\n\n`)
}

/** As many whole lines as there is room for, with a word on it where some are left out. */
export function fitting(text: string, room: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= room) {
    return text
  }
  const kept = room - Buffer.byteLength(cutOff)
  if (kept < 0) {
    return ''
  }
  const end = kept === 0 ? -1 : bytes.lastIndexOf('\n', kept - 1)
  return bytes.subarray(0, end + 1).toString() + cutOff
}

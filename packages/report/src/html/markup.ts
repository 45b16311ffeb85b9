/** Text that is markup already. Only {@link html} and {@link raw} make it; everything else is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

export type Content = Markup | string | number | false | null | undefined | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** For text and for quoted attributes. */
const escapeText = (text: string): string => text.replace(/[&<>"'`]/g, (char) => entities[char] as string)

function render(content: Content): string {
  if (content instanceof Markup) return content.text
  if (typeof content === 'object' && content !== null) return content.map(render).join('')
  return content === false || content === null || content === undefined ? '' : escapeText(String(content))
}

/** Tagged template: every value is escaped unless it is {@link Markup}. Attribute values must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0] ?? ''
  for (const [i, value] of values.entries()) text += render(value) + (strings[i + 1] ?? '')
  return new Markup(text)
}

/** Our own constants only, never anything read from a record. */
export const raw = (text: string): Markup => new Markup(text)

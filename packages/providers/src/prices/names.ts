/** A model as a price list may know it. */
export interface Name {
  /** The list's id of who sells it. */
  readonly vendor: string
  readonly model: string
}

/** Our names of providers that the list calls otherwise. */
const vendors: Readonly<Record<string, string>> = { gemini: 'google', bedrock: 'aws', vertex: 'google' }

/** Who sells their own models through OpenRouter at their own price: https://openrouter.ai/docs/faq#pricing-and-fees */
const firstParty: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  google: 'google',
  'x-ai': 'x-ai',
}

/** How OpenRouter is to route, not what: https://openrouter.ai/docs/features/provider-routing */
const routing = /:(nitro|floor|exacto|beta|thinking|extended-thinking)$/

/** `-20251101`, `@20251101`, `-2025-08-07`, `-latest`: which issue of a model. */
const issue = /(-latest|[-@]20\d{6}|-20\d\d-\d\d-\d\d)$/

/** The names to look a model up by, the likeliest first. */
export function namesOf(provider: string, model: string): readonly Name[] {
  const vendor = vendors[provider] ?? provider
  const written = model.trim().replace(/^(models|publishers\/\w+\/models)\//, '')
  const names =
    vendor === 'openrouter' ? onOpenRouter(written) : vendor === 'huggingface' ? onRouter(written) : []
  const all = [{ vendor, model: written }, ...names]
  const undated = all.map((name) => ({ ...name, model: name.model.replace(issue, '') }))
  const distinct = new Map([...all, ...undated].map((name) => [`${name.vendor} ${name.model}`, name]))
  return [...distinct.values()]
}

function onOpenRouter(model: string): Name[] {
  const plain = model.replace(routing, '')
  const names = plain === model ? [] : [{ vendor: 'openrouter', model: plain }]
  const [, owner = '', name = ''] = /^([^/]+)\/([^:]+)$/.exec(plain) ?? []
  const maker = firstParty[owner]
  // OpenRouter writes a version's numbers with a point, Anthropic with a hyphen.
  return maker === undefined ? names : [...names, { vendor: maker, model: name }]
}

/** Hugging Face's router sells at the price of whoever serves: `owner/model:together`. Left to choose, none is known. */
function onRouter(model: string): Name[] {
  const [, name, server] = /^(.+):([\w.-]+)$/.exec(model) ?? []
  return name && server ? [{ vendor: `huggingface_${server}`, model: name }] : []
}

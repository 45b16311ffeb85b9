import { html, type Markup, raw } from './markup.js'

/** Okabe and Ito, "Color Universal Design" (2008): apart for every kind of colour vision. Black is left out. */
const colours = ['#E69F00', '#56B4E9', '#009E73', '#CC79A7', '#D55E00', '#F0E442', '#0072B2'] as const

/** Shapes on a box of −6 to 6, so that a model is known without its colour too. */
const shapes = [
  'M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z',
  'M-4.5-4.5H4.5V4.5H-4.5Z',
  'M0-5.6L5.4 4.2H-5.4Z',
  'M0-6L6 0L0 6L-6 0Z',
  'M0 5.6L5.4-4.2H-5.4Z',
  'M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z',
  'M0-6L1.8-1.9L6-1.9L2.6 1L3.9 5.6L0 2.9L-3.9 5.6L-2.6 1L-6-1.9L-1.8-1.9Z',
  'M-5.4-3.1L0-6L5.4-3.1V3.1L0 6L-5.4 3.1Z',
] as const

/** Colour and shape of the model at this place of the ranking: 56 pairs before any repeats. */
export const colourOf = (place: number): string => colours[place % colours.length] as string

/** The bare shape, centred on its origin. */
export const shapeOf = (place: number): Markup =>
  html`<path d="${shapes[place % shapes.length]}" fill="${colourOf(place)}" stroke="var(--edge)" stroke-width="1"/>`

/** A small mark to stand before a model's name. */
export const mark = (place: number): Markup =>
  html`<svg class="mark" width="12" height="12" viewBox="-7 -7 14 14" ${raw('aria-hidden="true"')}>${shapeOf(place)}</svg>`

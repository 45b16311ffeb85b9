import { matchScorer } from '../match.js'

export const scorer = matchScorer({
  name: 'answered',
  description: 'any reply that is not empty passes',
  match: () => ({ passed: true }),
})

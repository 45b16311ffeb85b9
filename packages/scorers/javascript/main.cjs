/**
 * The one program of jobs in JavaScript. What a job is shows in its payload; the files that it does not need are never run.
 */
'use strict'
require('./answers.cjs')

exports.main = (payload) => {
  const job = JSON.parse(payload.toString())
  if ('test' in job) return require('./tester.cjs').run(job)
  if ('calls' in job) return require('./answers.cjs').run(job)
  return 'seal' in job ? require('./calls.cjs').run(job) : require('./candidate.cjs').run(job)
}

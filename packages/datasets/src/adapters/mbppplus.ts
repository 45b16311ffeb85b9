import { evalPlusFormat } from '../evalplus.js'
import { mbppPlusArguments } from '../mbppplus-arguments.js'

/** MBPP+ of EvalPlus, whose files have lists where some problems mean tuples, sets or complex numbers. */
export const format = evalPlusFormat({
  name: 'mbppplus',
  oracle: 'mbpp',
  idPrefix: 'Mbpp/',
  ownKey: 'assertion',
  versions: {
    a855b9de667baea8e2f8aa61f898767a7336872208a85222b35622545e819fe9: 'v0.1.0',
    b54e762755248ca411b523c917fa9f93c07b5ff2966bf60b3917b853926a3dad: 'v0.2.0',
  },
  arguments: mbppPlusArguments,
})

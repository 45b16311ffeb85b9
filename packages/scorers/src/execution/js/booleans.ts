import type { Value } from '../codec.js'

/** Whether two values that are equal as Python has it are so with `true` and 1 apart. Members of sets and keys are left alone. */
export function sameBooleans(got: Value, expected: Value): boolean {
  if (typeof got === 'boolean' || typeof expected === 'boolean') return got === expected
  const [items, wanted] = [itemsOf(got), itemsOf(expected)]
  if (items && wanted) return items.every((item, i) => sameBooleans(item, wanted[i]!))
  const [fields, named] = [fieldsOf(got), fieldsOf(expected)]
  if (!fields || !named) return true
  return [...named].every(([key, value]) => !fields.has(key) || sameBooleans(fields.get(key)!, value))
}

const itemsOf = (value: Value) =>
  typeof value === 'object' && value !== null && 'items' in value && value.kind !== 'set'
    ? value.items
    : undefined

const fieldsOf = (value: Value): ReadonlyMap<Value, Value> | undefined =>
  typeof value === 'object' && value !== null && 'pairs' in value
    ? new Map<Value, Value>(value.pairs)
    : undefined

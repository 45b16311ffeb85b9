/**
 * What is on disk stays readable: a line or plan of an older version is brought up step by step as it is read, never rewritten. Whoever
 * changes a format in a way that old readers would misread raises its version here and says how the one before becomes it.
 */

type Fields = Readonly<Record<string, unknown>>

/** By version: how what is of it becomes what is of the next. */
type Migrations = Readonly<Record<number, (fields: Fields) => Fields>>

export interface Format {
  /** The version that is written. */
  readonly version: number
  readonly migrations: Migrations
}

export const lineFormat: Format = { version: 1, migrations: {} }
export const planFormat: Format = { version: 1, migrations: {} }

/**
 * Brings a value up to the version that is written. What has no version, or one that there never was, is given back as it is, for the
 * schema to refuse.
 *
 * @throws RangeError for a version that this one does not know yet
 */
export function migrated(value: unknown, { version, migrations }: Format): unknown {
  if (typeof value !== 'object' || value === null) return value
  let fields = value as Fields
  if (typeof fields.v === 'number' && fields.v > version)
    throw new RangeError(`it is of version ${fields.v}, and this bench reads up to ${version}: update bench`)
  for (let step = stepOf(fields, migrations); step !== undefined; step = stepOf(fields, migrations))
    fields = { ...step.migrate(fields), v: step.from + 1 }
  return fields
}

function stepOf({ v }: Fields, migrations: Migrations) {
  const migrate = typeof v === 'number' && Object.hasOwn(migrations, v) ? migrations[v] : undefined
  return migrate === undefined ? undefined : { from: v as number, migrate }
}

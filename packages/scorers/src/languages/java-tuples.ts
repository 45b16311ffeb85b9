/** The sizes of tuple that https://www.javatuples.org names. */
const names = [
  'Unit',
  'Pair',
  'Triplet',
  'Quartet',
  'Quintet',
  'Sextet',
  'Septet',
  'Octet',
  'Ennead',
  'Decade',
]

/** One class for each size, beside `Tuple.java`. */
export function tupleClasses(): Record<string, string> {
  const classes = names.map((name, i) => [`org/javatuples/${name}.java`, tupleClass(name, i + 1)] as const)
  const cases = names.map((name, i) => {
    const values = Array.from({ length: i + 1 }, (_, n) => `v.get(${n})`)
    return `      case ${i + 1}: return new ${name}<>(${values.join(', ')});`
  })
  const sizes = `package org.javatuples;
final class Sizes {
  static Tuple of(java.util.List<?> v) {
    switch (v.size()) {
${cases.join('\n')}
      default: return null;
    }
  }
}
`
  return { ...Object.fromEntries(classes), 'org/javatuples/Sizes.java': sizes }
}

function tupleClass(name: string, size: number): string {
  const numbers = [...Array(size).keys()]
  const types = numbers.map((n) => String.fromCharCode(65 + n))
  const own = `${name}<${types.join(', ')}>`
  const values = numbers.map((n) => `value${n}`)
  const parameters = types.map((type, n) => `${type} value${n}`).join(', ')
  const getters = types.map((type, n) => `  public ${type} getValue${n}() { return at(${n}); }`)
  const setters = types.map((_, n) => {
    const changed = types.map((type, i) => (i === n ? 'X' : type)).join(', ')
    const all = numbers.map((i) => (i === n ? 'value' : `getValue${i}()`)).join(', ')
    return `  public <X> ${name}<${changed}> setAt${n}(X value) { return new ${name}<>(${all}); }`
  })
  const next = names[size]
  const added =
    next === undefined
      ? []
      : [
          `  public <X> ${next}<${[...types, 'X'].join(', ')}> add(X value) { return new ${next}<>(${[...numbers.map((n) => `getValue${n}()`), 'value'].join(', ')}); }`,
        ]
  return [
    'package org.javatuples;',
    `public final class ${own} extends Tuple {`,
    '  private static final long serialVersionUID = 1;',
    `  public ${name}(${parameters}) { super(${values.join(', ')}); }`,
    `  public static <${types.join(', ')}> ${own} with(${parameters}) { return new ${name}<>(${values.join(', ')}); }`,
    `  @Override public int getSize() { return ${size}; }`,
    ...getters,
    ...setters,
    ...added,
    '}',
    '',
  ].join('\n')
}

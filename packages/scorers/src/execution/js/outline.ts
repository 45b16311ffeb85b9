/**
 * What a program shares with the script that follows it in one file, with nothing of what the script expects: the modules that the script
 * requires, whose names the program's functions may use, and those of its functions that it calls without arguments at its top level. They
 * stand for the program's own of that name, as declarations do that come later; where one is called before the script's names are there,
 * that is an error. `__entry__` is given the function to be tested when the script's turn comes.
 * @param script as it runs: of TypeScript what the compiler made of it
 * @param source of the program: modules that it cannot use, for it never says their names, would only take time to load
 */
export function outlineOf(script: string, entry: string, source: string): string {
  const required = [...script.matchAll(/^(?:const|let|var) (\S+) = require\((['"])[\w:/]+\2\);?$/gm)]
  const own = new Set([...script.matchAll(/^function ([\p{L}\p{N}_$]+)\(\) \{/gmu)].map(([, name]) => name!))
  const called = [...script.matchAll(/^([\p{L}\p{N}_$]+)\(\);?$/gmu)].map(([, name]) => name!)
  const [head] = entry.split('.', 1)
  const functions = called.filter((name) => own.has(name))
  const used = ['eval', 'Function', 'require', ...required.map(([, name]) => name!), ...functions].some(
    (name) => says(source, name),
  )
  const requires = used ? required : []
  const take = `__entry__(typeof ${head} === "undefined" ? undefined : ${head})`
  const body = [...requires.map(([, name]) => name), take].join('; ')
  return [
    ...requires.map(([line]) => line),
    ...functions.map((name) => `function ${name}() { ${body} }`),
    ...functions.map((name) => `${name}();`),
    `;${take}`,
  ].join('\n')
}

/** Whether a name may stand there by itself; what only follows a point is a property. */
function says(source: string, name: string): boolean {
  const word = name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')
  return new RegExp(
    `(?<![\\p{L}\\p{N}_$.])${word}(?![\\p{L}\\p{N}_$])|\\.\\.\\.${word}(?![\\p{L}\\p{N}_$])`,
    'u',
  ).test(source)
}

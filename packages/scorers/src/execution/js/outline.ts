/**
 * What a program shares with the script that follows it in one file, with nothing of what the script expects: the modules that the script
 * requires, whose names the program's functions may use, and those of its functions that it calls without arguments at its top level. They
 * stand for the program's own of that name, as declarations do that come later; where one is called before the script's names are there,
 * that is an error. `__entry__` is given the function to be tested when the script's turn comes.
 * @param script as it runs: of TypeScript what the compiler made of it
 */
export function outlineOf(script: string, entry: string): string {
  const requires = [...script.matchAll(/^(?:const|let|var) (\S+) = require\((['"])[\w:/]+\2\);?$/gm)]
  const own = new Set([...script.matchAll(/^function ([\p{L}\p{N}_$]+)\(\) \{/gmu)].map(([, name]) => name!))
  const called = [...script.matchAll(/^([\p{L}\p{N}_$]+)\(\);?$/gmu)].map(([, name]) => name!)
  const [head] = entry.split('.', 1)
  const take = `__entry__(typeof ${head} === "undefined" ? undefined : ${head})`
  const body = [...requires.map(([, name]) => name), take].join('; ')
  const functions = called.filter((name) => own.has(name))
  return [
    ...requires.map(([line]) => line),
    ...functions.map((name) => `function ${name}() { ${body} }`),
    ...functions.map((name) => `${name}();`),
    `;${take}`,
  ].join('\n')
}

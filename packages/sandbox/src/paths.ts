import { SandboxError } from './errors.js'

const maxPath = 1024
const maxName = 255

/**
 * Checks a path that is to be written to or read from a box's working folder, and returns it unchanged.
 * Only plain relative paths with `/` between names pass, so that no driver has to think about the rest.
 * @throws SandboxError `bad_path`
 */
export function checkPath(path: string): string {
  const refuse = (why: string): never => {
    throw new SandboxError(
      'bad_path',
      `Path ${JSON.stringify(path.slice(0, 80))} ${why}; use a relative path below the working folder.`,
    )
  }
  if (path === '') refuse('is empty')
  if (Buffer.byteLength(path) > maxPath) refuse(`is longer than ${maxPath} bytes`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) refuse('has control characters')
  if (/\p{Surrogate}/u.test(path)) refuse('is not well-formed Unicode')
  if (path.includes('\\')) refuse('has a backslash')
  if (path.startsWith('/')) refuse('is absolute')
  if (/^[a-z]:/i.test(path)) refuse('names a drive')
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..')
      refuse(`has ${name === '' ? 'an empty name' : `"${name}"`} in it`)
    if (Buffer.byteLength(name) > maxName) refuse(`has a name longer than ${maxName} bytes`)
  }
  return path
}

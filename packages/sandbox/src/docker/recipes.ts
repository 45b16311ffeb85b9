/** The package's files for engines: how an image is made, and which system calls its programs have. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where it lies: beside `src` in the sources, beside `dist` in the package. */
export function recipe(name: 'Dockerfile' | 'host-root.sh' | 'seccomp.json'): string {
  const places = ['../image', '../../image'].map((folder) =>
    fileURLToPath(new URL(`${folder}/${name}`, import.meta.url)),
  )
  return places.find((path) => existsSync(path)) ?? name
}

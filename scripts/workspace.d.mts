export const root: string
export function toolEnv(): NodeJS.ProcessEnv
export function tool(name: string, args: readonly string[], options?: object): number
export function ensureInstalled(): void
export function ensureBuilt(): void
export function say(message: string): void
export function fail(message: string): never

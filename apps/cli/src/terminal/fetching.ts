import { clean } from '@bench/report'

interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

const redrawMs = 100

/**
 * One line on a terminal, ` 12.3 of 45.6 MB  test.parquet`, redrawn at most ten times a second; elsewhere nothing.
 * @param now milliseconds of a monotonic clock
 */
export function fetching(out: Terminal, now: () => number = () => performance.now()) {
  let drawn = Number.NEGATIVE_INFINITY
  let onScreen = false
  return {
    update({ file, bytes, of }: { file: string; bytes: number; of: number | undefined }): void {
      const done = of !== undefined && bytes >= of
      if (out.isTTY !== true || (now() - drawn < redrawMs && !done)) {
        return
      }
      drawn = now()
      onScreen = !done
      const size = `${mega(bytes)}${of === undefined ? '' : ` of ${mega(of)}`} MB`
      out.write(`\r\u001b[2K${done ? '' : ` ${size}  ${clean(file)}`.slice(0, (out.columns ?? 80) - 1)}`)
    },
    end(): void {
      if (onScreen) {
        out.write('\r\u001b[2K')
        onScreen = false
      }
    },
  }
}

const mega = (bytes: number) => (bytes / 1e6).toFixed(1)

/** The GPU seam: what the accelerator did meanwhile. Types only. An absent reading is unknown, never zero. */

export interface GpuReading {
  /** Index as the tool numbers it. */
  readonly index: number
  readonly name: string
  /** 0–100. */
  readonly utilizationPercent?: number
  readonly memoryUsedGb?: number
  readonly memoryTotalGb?: number
  readonly powerWatts?: number
  readonly temperatureCelsius?: number
}

export interface GpuSample {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly gpus: readonly GpuReading[]
}

/** What one monitored span came to, over all its samples. Names as users of such exports know them. */
export interface GpuSummary {
  readonly samples: number
  readonly avg_utilization?: number
  readonly peak_utilization?: number
  /** GB. */
  readonly avg_memory_used?: number
  /** GB. */
  readonly peak_memory_used?: number
  /** Joules over the span, by trapezoid over the power readings. */
  readonly energy_joules?: number
}

export type GpuProbe =
  | { readonly ok: true; readonly tool: string; readonly gpus: readonly GpuReading[] }
  | { readonly ok: false; readonly reason: string }

export interface GpuMonitor {
  readonly name: string
  /** Never throws. */
  probe(): Promise<GpuProbe>
  /**
   * Samples until aborted. A reading that fails is skipped; the run it watches is never disturbed.
   * @param everyMs 500 by default.
   */
  samples(signal: AbortSignal, everyMs?: number): AsyncIterable<GpuSample>
}

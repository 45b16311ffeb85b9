import { type Clock, type Limiter, limiter, mostAtOnce, ProviderError } from '@bench/providers'
import type { Database } from './database.js'
import { type Gate, openGate } from './gate.js'
import { channel, type Session } from './session.js'
import { claimShare } from './share.js'

/** The longest quiet, whatever a server asks for. */
const longestQuietMs = 60_000

const clock = {
  now: () => performance.now(),
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

/** The gates of a worker: one for each lane, whichever run asks. */
export interface Gates extends Disposable {
  of(lane: string, cap: number): Gate
}

export function openGates(database: Database, session: Session): Gates {
  const gates = new Map<string, Gate>()
  const caps = new Map<string, number>()
  const unhear = session.onWord((word) => {
    const [, ms, lane = ''] = /^quiet (\d+) (.*)$/s.exec(word) ?? []
    gates.get(lane)?.hush(Number(ms))
  })
  return {
    of(lane, cap) {
      caps.set(lane, cap)
      let gate = gates.get(lane)
      if (gate === undefined) {
        gate = openGate({
          clock,
          alive: () => session.alive,
          async claim(wish) {
            const share = await claimShare(database, {
              lane,
              worker: session.worker,
              cap: caps.get(lane)!,
              ...wish,
            })
            if (wish.quietMs > 0)
              await database.query('select pg_notify($1, $2)', [
                channel,
                `quiet ${Math.ceil(wish.quietMs)} ${lane}`,
              ])
            return share
          },
        })
        gates.set(lane, gate)
      }
      return gate
    },
    [Symbol.dispose]: unhear,
  }
}

/**
 * Holds the requests of all workers back together: of one lane, never more are under way than the cap, and a provider that asks one
 * of them for quiet has it from all. What it tells one of its allowances is taken for that one's part of them.
 *
 * @param cap requests under way at once in each lane; where it is the usual number, servers that work on one request after
 * the other get them so
 */
export function queueLimiter(gates: Pick<Gates, 'of'>, cap: number, time: Clock = clock): Limiter {
  const usual = cap === mostAtOnce()
  const own = limiter(usual ? {} : { max: cap }, time)
  return {
    async acquire(request) {
      const gate = gates.of(request.lane, usual && request.serial ? 1 : cap)
      const arrives = gate.expect()
      const permit = await own.acquire(request).finally(arrives)
      try {
        await gate.enter(request.signal)
      } catch (error) {
        permit.release({})
        throw error
      }
      let open = true
      return {
        answered: (header) => permit.answered(partOf(header, gate.part)),
        release(end) {
          if (!open) return
          open = false
          permit.release(end)
          const { error } = end
          if (error instanceof ProviderError && (error.code === 'rate_limit' || error.code === 'overloaded'))
            gate.quiet(Math.min(error.retryAfterMs ?? request.retryDelayMs, longestQuietMs))
          gate.leave()
        },
      }
    },
    lanes: () => own.lanes?.() ?? [],
  }
}

/** Headers in which every allowance is so much smaller. */
export const partOf =
  (header: (name: string) => string | undefined, part: number) =>
  (name: string): string | undefined => {
    const [, , what] = /(^|-)(limit|remaining)(-|$)/.exec(name) ?? []
    if (what === undefined) return header(name)
    // Of a list the first counts. A limit of 0 is none, and one of 1 is nobody's to divide.
    return header(name)?.replace(/^\s*\d+(\.\d+)?/, (written) => {
      const all = Number(written)
      return String(Math.max(what === 'limit' ? Math.min(1, all) : 0, Math.floor(all * part)))
    })
  }

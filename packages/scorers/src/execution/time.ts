/**
 * How a task's limit in seconds is held. Where a box has processes it is CPU time, of each call of a function, of a program, of the
 * candidate's process and of the tests' apart, so that a busy machine changes no verdict. The wall's clock only ends what waits for nothing.
 */

/** Seconds on the wall after which a process ends that has used less CPU time than its limit. */
export const backstop = (limit: number) => 3 * limit + 2

/**
 * Seconds on the wall for a whole run in WebAssembly, which cannot tell CPU time but has a thread to itself: the start of an
 * interpreter several times slower than a native one, and both calls of a function.
 */
export const aloneLimit = (limit: number) => 3 * limit + 1

// @ts-check
/**
 * One thread that runs an interpreter, a job at a time. The host ends it when a job does not end by itself.
 *
 * JavaScript, for a worker is started from a file as it lies there, and Node 20 reads no TypeScript:
 * so sources and builds run the same one. All that code in the box can reach is the functions made here.
 */
import { parentPort } from 'node:worker_threads'
import { Fd, WASI, WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim'
import { Disk, Given } from './disk.js'

/**
 * @typedef {object} Job
 * @property {WebAssembly.Module} module Its memory has a maximum.
 * @property {string[]} args
 * @property {string[]} env
 * @property {[string, Uint8Array][]} files
 * @property {number} diskBytes
 * @property {Uint8Array} stdin
 * @property {SharedArrayBuffer} output Two 32-bit counts, then the bytes of stdout and of stderr.
 */

class OutputLimit extends Error {}

/** Calls that move bytes by a list of buffers, calls that name a path: which argument bounds how much is read. */
const mostBuffers = 1024
const mostPathBytes = 4096
const mostOpen = 1024
const bufferCount = { fd_read: 2, fd_write: 2, fd_pread: 2, fd_pwrite: 2 }
const pathLengths = {
  path_create_directory: [2],
  path_filestat_get: [3],
  path_filestat_set_times: [3],
  path_open: [3],
  path_readlink: [2],
  path_remove_directory: [2],
  path_rename: [2, 5],
  path_symlink: [1, 4],
  path_unlink_file: [2],
}

/**
 * Sockets and signals there are none. Waiting is refused by the interpreter's own file layer before it gets here
 * (`time.sleep` fails in Python), and the shim would spin. A hard link is a name that no count of files sees.
 */
const absent = [
  'sock_accept',
  'sock_recv',
  'sock_send',
  'sock_shutdown',
  'proc_raise',
  'poll_oneoff',
  'path_link',
  // Of WasmEdge, whose QuickJS asks for them.
  'sock_open',
  'sock_bind',
  'sock_connect',
  'sock_listen',
  'sock_setsockopt',
  'sock_getlocaladdr',
  'sock_getpeeraddr',
  'sock_getaddrinfo',
]

parentPort?.on('message', (job) => parentPort?.postMessage(run(job)))

/** @param {Job} job */
function run(job) {
  const counts = new Int32Array(job.output, 0, 2)
  const room = (job.output.byteLength - 8) / 2
  const disk = new Disk(job.diskBytes, job.files)
  const fds = [
    new Input(job.stdin),
    new Output(new Uint8Array(job.output, 8, room), counts, 0),
    new Output(new Uint8Array(job.output, 8 + room, room), counts, 1),
    new Given(disk.root, '/'),
    new Given(disk.tmp, '/tmp'),
  ]
  const host = new WASI(job.args, job.env, fds, { debug: false })
  disk.held = () => host.fds
  const instance = new WebAssembly.Instance(job.module, { wasi_snapshot_preview1: guarded(host, disk) })
  const { memory, _start } = /** @type {{ memory: WebAssembly.Memory, _start: () => void }} */ (
    /** @type {unknown} */ (instance.exports)
  )
  parentPort?.postMessage({ started: true })
  const end = outcome(() => host.start({ exports: { memory, _start } }))
  return { ...end, peakBytes: memory.buffer.byteLength, files: disk.changes() }
}

/** @param {() => number} start */
function outcome(start) {
  try {
    return { end: 'exit', code: start() }
  } catch (error) {
    if (error instanceof WASIProcExit) return { end: 'exit', code: error.code }
    if (error instanceof OutputLimit) return { end: 'output_limit' }
    // A trap, the native stack run over, or a pointer that points nowhere.
    return { end: error instanceof WebAssembly.RuntimeError ? 'abort' : 'fault' }
  }
}

/**
 * The shim's WASI calls with bounds: no argument, however forged, makes the host hold more than a run may.
 * @param {WASI} host @param {Disk} disk
 */
function guarded(host, disk) {
  const calls = { ...host.wasiImport }
  const original = host.wasiImport
  for (const [name, at] of Object.entries(bufferCount)) {
    calls[name] = (...args) =>
      args[at] >>> 0 > mostBuffers ? wasi.ERRNO_INVAL : /** @type {Function} */ (original[name])(...args)
  }
  for (const [name, positions] of Object.entries(pathLengths)) {
    calls[name] = (...args) => {
      if (positions.some((at) => args[at] >>> 0 > mostPathBytes)) return wasi.ERRNO_NAMETOOLONG
      return /** @type {Function} */ (original[name])(...args)
    }
  }
  const { fd_write, fd_pwrite, path_open } = calls
  for (const [name, call] of Object.entries({ fd_write, fd_pwrite })) {
    // The shim copies each buffer before it asks where the bytes go.
    calls[name] = (fd, buffers, count, ...rest) => {
      const to = host.fds[fd]
      const limit = to instanceof Output ? to.room() : disk.capacity
      const bytes = count >>> 0 > mostBuffers ? 0 : total(host, buffers, count)
      if (bytes <= limit) return /** @type {Function} */ (call)(fd, buffers, count, ...rest)
      if (to instanceof Output) to.overflow(host, buffers, count)
      return wasi.ERRNO_NOSPC
    }
  }
  calls.path_open = (...args) => {
    // Closed descriptors leave holes at the end of the shim's list.
    while (host.fds.length > 5 && host.fds.at(-1) === undefined) host.fds.pop()
    return host.fds.length > mostOpen ? wasi.ERRNO_MFILE : /** @type {Function} */ (path_open)(...args)
  }
  // The shim counts characters where the call wants bytes.
  calls.args_sizes_get = (count, bytes) => {
    const view = new DataView(host.inst.exports.memory.buffer)
    view.setUint32(count, host.args.length, true)
    view.setUint32(bytes, Buffer.byteLength(`${host.args.join('\0')}\0`), true)
    return 0
  }
  // The shim knows two clocks. Processor time is then the time since the worker began.
  for (const name of /** @type {const} */ (['clock_time_get', 'clock_res_get'])) {
    calls[name] = (clock, ...rest) =>
      /** @type {Function} */ (original[name])(
        clock === wasi.CLOCKID_REALTIME ? clock : wasi.CLOCKID_MONOTONIC,
        ...rest,
      )
  }
  for (const name of absent) calls[name] = () => wasi.ERRNO_NOTSUP
  calls.sched_yield = () => 0
  return calls
}

/** @param {WASI} host @param {number} buffers @param {number} count */
function total(host, buffers, count) {
  const view = new DataView(host.inst.exports.memory.buffer)
  let bytes = 0
  for (let index = 0; index < count; index++) bytes += view.getUint32((buffers >>> 0) + 8 * index + 4, true)
  return bytes
}

class Stream extends Fd {
  // Neither a terminal nor a file: Python then writes in blocks, as to a pipe.
  /** @override */
  fd_fdstat_get() {
    return { ret: 0, fdstat: new wasi.Fdstat(wasi.FILETYPE_UNKNOWN, 0) }
  }

  /** @override */
  fd_filestat_get() {
    return { ret: 0, filestat: new wasi.Filestat(0n, wasi.FILETYPE_UNKNOWN, 0n) }
  }
}

class Input extends Stream {
  /** @param {Uint8Array} data */
  constructor(data) {
    super()
    this.data = data
    this.at = 0
  }

  /** @override @param {number} size */
  fd_read(size) {
    const data = this.data.subarray(this.at, this.at + size)
    this.at += data.byteLength
    return { ret: 0, data }
  }
}

/** Writes into memory that the host shares, so that what was said before a kill is not lost. */
class Output extends Stream {
  /** @param {Uint8Array} bytes @param {Int32Array} counts @param {number} index */
  constructor(bytes, counts, index) {
    super()
    this.bytes = bytes
    this.counts = counts
    this.index = index
  }

  room() {
    return this.bytes.byteLength - Atomics.load(this.counts, this.index)
  }

  /** @override @param {Uint8Array} data */
  fd_write(data) {
    const used = Atomics.load(this.counts, this.index)
    this.bytes.set(data, used)
    Atomics.store(this.counts, this.index, used + data.byteLength)
    return { ret: 0, nwritten: data.byteLength }
  }

  /** Keeps what still fits, then ends the run. @param {WASI} host @param {number} buffers @param {number} count @returns {never} */
  overflow(host, buffers, count) {
    const { buffer } = host.inst.exports.memory
    const view = new DataView(buffer)
    for (let index = 0; index < count; index++) {
      const at = (buffers >>> 0) + 8 * index
      const length = Math.min(view.getUint32(at + 4, true), this.room())
      this.fd_write(new Uint8Array(buffer, view.getUint32(at, true), length))
    }
    throw new OutputLimit()
  }
}

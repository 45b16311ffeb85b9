// @ts-check
/**
 * What a box sees as its files: in memory, bounded, and nothing of the host's.
 *
 * The shim brings directories, paths and the WASI calls; this adds what untrusted code makes necessary,
 * a bound on bytes and on files. Python's standard library is not among them: the interpreter's binary holds it.
 * JavaScript, for it runs in the worker (see worker.js).
 */
import { Directory, File, OpenDirectory, OpenFile, wasi } from '@bjorn3/browser_wasi_shim'

/** Most files and folders made in one run: each costs the host some memory that no byte count sees. */
const mostInodes = 16_384

/** A path longer than this can't be named by a later run, and is not carried to it. */
const longestPath = 4096

const tmpName = 'tmp'

export class Disk {
  /** @param {number} capacity Bytes. @param {[string, Uint8Array][]} files A folder's name ends in `/`. */
  constructor(capacity, files) {
    this.capacity = capacity
    this.used = 0
    this.inodes = 0
    /** @type {() => Iterable<unknown>} What the running program holds open: a file without a name still takes room. */
    this.held = () => []
    /** @type {Map<string, BoxFile | undefined>} What was there at the start; a folder has no file. */
    this.loaded = new Map()
    /** The working folder. */
    this.root = new BoxDirectory(this)
    /** Beside it, so that the working folder is empty at first. */
    this.tmp = new BoxDirectory(this)
    for (const [path, data] of files) this.load(path, data)
  }

  /** @param {string} path @param {Uint8Array} data */
  load(path, data) {
    const parts = path.split('/')
    const name = /** @type {string} */ (parts.pop())
    const folder = this.folder(parts)
    if (name === '') {
      this.loaded.set(path, undefined)
      return
    }
    const file = new BoxFile(this, data)
    this.used += data.byteLength
    folder.contents.set(name, file)
    this.loaded.set(path, file)
  }

  /** @param {string[]} parts @returns {BoxDirectory} The folder, made where it is missing. */
  folder(parts) {
    const inTmp = parts[0] === tmpName
    let folder = inTmp ? this.tmp : this.root
    for (const part of inTmp ? parts.slice(1) : parts) {
      const next = folder.contents.get(part)
      const child = next instanceof BoxDirectory ? next : new BoxDirectory(this)
      folder.contents.set(part, child)
      folder = child
    }
    return folder
  }

  /** Whether so many bytes more may be held. @param {number} bytes */
  reserve(bytes) {
    if (this.used + bytes > this.capacity) this.recount()
    if (this.used + bytes > this.capacity) return false
    this.used += bytes
    return true
  }

  /** Whether one more file or folder may be made. */
  reserveInode() {
    if (this.inodes >= mostInodes) this.recount()
    return this.inodes++ < mostInodes
  }

  /** What was deleted gives back its room: found out only when there is none left. */
  recount() {
    /** @type {Set<unknown>} */
    const alive = new Set([this.root, this.tmp])
    for (const fd of this.held()) {
      if (fd instanceof OpenBoxFile) alive.add(fd.box)
      if (fd instanceof OpenBoxDirectory) alive.add(fd.dir)
    }
    this.used = 0
    // A set hands out what is added to it on the way.
    for (const entry of alive) {
      if (entry instanceof BoxFile) this.used += entry.data.byteLength
      if (entry instanceof BoxDirectory) for (const child of entry.contents.values()) alive.add(child)
    }
    this.inodes = alive.size
  }

  /** Files as they are now, for the next run in this box; undefined where nothing changed. @returns {[string, Uint8Array][] | undefined} */
  changes() {
    /** @type {[string, Uint8Array][]} */
    const files = []
    let changed = false
    /** @type {[string, BoxDirectory][]} Not by recursion: how deep it goes is not ours to say. */
    const open = [
      ['', this.root],
      [`${tmpName}/`, this.tmp],
    ]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [prefix, folder] = next
      for (const [name, entry] of folder.contents) {
        const path = `${prefix}${name}`
        if (path.length > longestPath || path === tmpName) continue
        if (entry instanceof BoxDirectory) {
          open.push([`${path}/`, entry])
          if (entry.contents.size > 0) continue
          files.push([`${path}/`, new Uint8Array()])
          changed ||= !this.loaded.has(`${path}/`)
        } else if (entry instanceof BoxFile) {
          // A copy of its own size: what is sent takes its whole buffer along, spare room and all.
          files.push([path, entry.data.slice()])
          changed ||= entry.written || this.loaded.get(path) !== entry
        }
      }
    }
    return changed || files.length !== this.loaded.size ? files : undefined
  }
}

class BoxFile extends File {
  /** @param {Disk} disk @param {Uint8Array} data */
  constructor(disk, data) {
    super([])
    this.disk = disk
    this.data = data
    this.written = false
  }

  /** Whether it could be given that length. @param {number} length */
  resize(length) {
    const now = this.data.byteLength
    if (!Number.isSafeInteger(length) || length < 0 || !this.disk.reserve(length - now)) return false
    this.written = true
    if (length > this.data.buffer.byteLength) {
      const bigger = new Uint8Array(Math.max(length, Math.min(2 * now, this.disk.capacity)))
      bigger.set(this.data)
      this.data = bigger.subarray(0, length)
    } else {
      this.data = new Uint8Array(this.data.buffer, 0, length)
      // What a file was before it was cut short must not come back.
      if (length > now) this.data.fill(0, now)
    }
    return true
  }

  /** @override @param {number} oflags @param {bigint} _rights @param {number} fdflags */
  path_open(oflags, _rights, fdflags) {
    if (oflags & wasi.OFLAGS_TRUNC) this.resize(0)
    return { ret: 0, fd_obj: new OpenBoxFile(this, (fdflags & wasi.FDFLAGS_APPEND) !== 0) }
  }
}

class OpenBoxFile extends OpenFile {
  /** @param {BoxFile} file @param {boolean} append */
  constructor(file, append) {
    super(file)
    this.box = file
    this.append = append
  }

  /** @override @param {bigint} offset @param {bigint} length */
  fd_allocate(offset, length) {
    const end = Number(offset + length)
    return end <= this.box.data.byteLength || this.box.resize(end) ? 0 : wasi.ERRNO_NOSPC
  }

  /** @override @param {bigint} size */
  fd_filestat_set_size(size) {
    return this.box.resize(Number(size)) ? 0 : wasi.ERRNO_NOSPC
  }

  /** @override */
  fd_filestat_set_times() {
    return 0
  }

  /** @override @param {Uint8Array} data */
  fd_write(data) {
    if (this.append) this.file_pos = this.box.size
    const written = this.fd_pwrite(data, this.file_pos)
    this.file_pos += BigInt(written.nwritten)
    return written
  }

  /** @override @param {Uint8Array} data @param {bigint} offset */
  fd_pwrite(data, offset) {
    const start = Number(offset)
    const end = start + data.byteLength
    if (start < 0) return { ret: wasi.ERRNO_INVAL, nwritten: 0 }
    if (end > this.box.data.byteLength && !this.box.resize(end)) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 }
    this.box.written = true
    this.box.data.set(data, start)
    return { ret: 0, nwritten: data.byteLength }
  }
}

class BoxDirectory extends Directory {
  /** @param {Disk} disk */
  constructor(disk) {
    super([])
    this.disk = disk
  }

  /** @override */
  path_open() {
    return { ret: 0, fd_obj: new OpenBoxDirectory(this) }
  }

  /** @override @param {string} path @param {boolean} isFolder */
  create_entry_for_path(path, isFolder) {
    const refused = (/** @type {number} */ ret) => ({ ret, entry: null })
    if (!this.disk.reserveInode()) return refused(wasi.ERRNO_NOSPC)
    /** @type {string[]} */
    const parts = []
    for (const part of path.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    const name = parts.pop()
    if (name === undefined) return refused(wasi.ERRNO_INVAL)
    /** @type {import('@bjorn3/browser_wasi_shim').Inode | undefined} */
    let parent = this
    for (const part of parts) parent = parent instanceof Directory ? parent.contents.get(part) : undefined
    if (!(parent instanceof Directory)) return refused(wasi.ERRNO_NOENT)
    if (parent.contents.has(name)) return refused(wasi.ERRNO_EXIST)
    const entry = isFolder ? new BoxDirectory(this.disk) : new BoxFile(this.disk, new Uint8Array())
    parent.contents.set(name, entry)
    return { ret: 0, entry }
  }
}

class OpenBoxDirectory extends OpenDirectory {
  /** Times are not kept, but what is not there has none to set. @override @param {number} flags @param {string} path */
  path_filestat_set_times(flags, path) {
    return this.path_filestat_get(flags, path).ret
  }
}

/** A folder that the program starts with open, under a name of its own. */
export class Given extends OpenBoxDirectory {
  /** @param {BoxDirectory} folder @param {string} path */
  constructor(folder, path) {
    super(folder)
    this.path = path
  }

  /** @override */
  fd_prestat_get() {
    return { ret: 0, prestat: wasi.Prestat.dir(this.path) }
  }
}

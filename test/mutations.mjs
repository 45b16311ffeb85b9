/**
 * Defences and the tests that must notice their absence: see `scripts/mutation.mjs`. Each is the smallest edit that switches
 * it off. Where two stand behind each other, so that neither is missed alone, the edit takes both, or the comment says why it is not here.
 *
 * @typedef {object} Edit
 * @property {string} file where it stands
 * @property {string} find its text, exactly once in the file
 * @property {string} replace what stands there without it
 *
 * @typedef {object} Suite
 * @property {readonly string[]} tests files that must turn red
 * @property {string} only pattern of the names of tests that are run
 * @property {string} [needs] what they cannot run without, for which they may be left out where it is absent
 *
 * @typedef {{ name: string } & (Edit | { edits: readonly Edit[] }) & Suite} Mutation
 */

import { ofQueue } from './mutations-of-queue.mjs'
import { ofRunner } from './mutations-of-runner.mjs'
import { ofSolvers } from './mutations-of-solvers.mjs'

const sandbox = 'packages/sandbox'
const scorers = 'packages/scorers'

/** @returns {(only: string) => Suite} */
const suite =
  (file, before = '', needs) =>
  (only) => ({
    tests: [file],
    only: before === '' ? only : `${before} (?:${only})`,
    ...(needs === undefined ? {} : { needs }),
  })

const boxed = suite(`${sandbox}/test/bubblewrap.test.ts`, 'bubblewrap as a sandbox driver', 'bubblewrap')
const watched = suite(
  `${sandbox}/test/bubblewrap.test.ts`,
  'bubblewrap without control groups as a sandbox driver',
  'root',
)
const inDocker = suite(`${sandbox}/test/docker.test.ts`, 'docker as a sandbox driver', 'docker')
const forked = suite(`${sandbox}/test/fork-server.test.ts`, 'bubblewrap as a fork server', 'bubblewrap')
const forkedWatched = suite(
  `${sandbox}/test/fork-server.test.ts`,
  'bubblewrap without control groups as a fork server',
  'bubblewrap',
)
const forkedInDocker = suite(`${sandbox}/test/fork-server.test.ts`, 'docker as a fork server', 'docker')
const layers = suite(`${sandbox}/test/layers.test.ts`)
const layersInDocker = suite(`${sandbox}/test/layers.test.ts`, 'docker', 'docker')
const breaches = suite(`${sandbox}/test/fork-server-breach.test.ts`, '', 'bubblewrap')
const frames = suite(`${sandbox}/test/frames.test.ts`)
const wasm = suite(`${sandbox}/test/wasm.test.ts`, '', 'the interpreter in WebAssembly')

const launch = `${sandbox}/src/bubblewrap/launch.ts`
const root = `${sandbox}/src/bubblewrap/root.ts`
const forkBox = `${sandbox}/src/fork-server/bubblewrap.ts`
const hardening = `${sandbox}/src/docker/hardening.ts`
const container = `${sandbox}/src/docker/container.ts`
const supervisor = `${sandbox}/src/docker/supervisor.ts`
const places = `${sandbox}/agent/places.py`
const cell = `${sandbox}/agent/cell.py`
const start = `${sandbox}/agent/start.py`
const job = `${sandbox}/agent/job.py`
const server = `${sandbox}/src/fork-server/server.ts`

const all = ['ipc', 'pid', 'net', 'uts', 'cgroup-try']
const unshared = (left) =>
  all
    .filter((name) => name !== left)
    .map((name) => `'--unshare-${name}'`)
    .join(', ')

/**
 * Not here: `--core=0`, which changes nothing where a machine's own limit is 0; `--data`, behind which the watch of memory stands; that
 * jobs gain no privileges and their templates' settings of it, which bubblewrap and engines see to
 * before; that a template in a container is not dumpable, as it is another user's than its jobs;
 * that boxes die with their harness, which is tested on builds.
 *
 * @type {readonly Mutation[]}
 */
const ofBubblewrap = [
  ...all.map((name) => ({
    name: `bubblewrap: a namespace of its own, ${name.slice(0, 3)}`,
    edits: [
      { file: launch, find: "'--unshare-all'", replace: unshared(name) },
      // With a name for the host bwrap unshares its namespace by itself.
      ...(name === 'uts' ? [{ file: launch, find: "    '--hostname',\n    'sandbox',\n", replace: '' }] : []),
    ],
    ...layers(`bubblewrap a command is in .*: ${name === 'cgroup-try' ? 'cgroup' : name}`),
  })),
  ...all.map((name) => ({
    name: `bubblewrap, warm: a namespace of its own, ${name.slice(0, 3)}`,
    edits: [
      { file: forkBox, find: "'--unshare-all'", replace: unshared(name) },
      ...(name === 'uts' ? [{ file: forkBox, find: "'--hostname', 'sandbox', ", replace: '' }] : []),
    ],
    ...layers(`bubblewrap a job is in .*: ${name === 'cgroup-try' ? 'cgroup' : name}`),
  })),
  {
    name: 'bubblewrap: the environment is emptied',
    edits: [
      { file: launch, find: ", '--clearenv']", replace: ']' },
      {
        file: `${sandbox}/src/bubblewrap/child.ts`,
        find: '...identity, env: hostEnv,',
        replace: '...identity, env: { ...process.env, ...hostEnv },',
      },
    ],
    ...boxed('the environment is what was given'),
  },
  {
    name: 'bubblewrap: a session of its own',
    file: launch,
    find: "'--new-session', ",
    replace: '',
    ...boxed('no session of ours'),
  },
  {
    name: 'bubblewrap: no root of the host inside',
    file: `${sandbox}/src/bubblewrap/child.ts`,
    find: '? { uid: unprivileged, gid: unprivileged } : {}',
    replace: '? {} : {}',
    ...layers('belongs to no privileged user'),
  },
  {
    name: 'bubblewrap: what is known of its first process is covered',
    file: root,
    find: ", '--tmpfs', '/proc/1', '--remount-ro', '/proc/1'",
    replace: '',
    ...boxed(
      'no descriptor of another process|no command line .*|no environment .*|no privilege, and no way to one',
    ),
  },
  {
    name: 'bubblewrap: the system is mounted read-only',
    file: root,
    find: "['--ro-bind', '/usr', '/usr']",
    replace: "['--bind', '/usr', '/usr']",
    ...layers('bubblewrap all is mounted read-only'),
  },
  {
    name: 'bubblewrap: mounts are read-only',
    file: root,
    find: "=> ['--ro-bind', source, target]",
    replace: "=> ['--bind', source, target]",
    ...boxed('a mounted folder is read and not written'),
  },
  {
    name: 'bubblewrap: the root folder is read-only',
    file: root,
    find: "...mountArgs(inside), '--remount-ro', '/']",
    replace: '...mountArgs(inside)]',
    ...boxed('nothing is writable but /tmp'),
  },
  {
    name: 'bubblewrap: /dev is read-only',
    file: root,
    find: "...['--remount-ro', '/dev'],",
    replace: '',
    ...boxed('nothing is writable but /tmp'),
  },
  {
    name: 'bubblewrap: the disk has a size',
    file: root,
    find: "['--size', String(limits.diskBytes), '--tmpfs', '/tmp', ",
    replace: "['--tmpfs', '/tmp', ",
    ...boxed('the disk ends at its size'),
  },
  {
    name: 'bubblewrap: files have a number',
    file: root,
    find: 'Math.max(64, Math.floor(bytes / 4096))',
    replace: '2 ** 30',
    ...boxed('empty files end at a number'),
  },
  {
    name: 'bubblewrap: system calls are filtered',
    file: launch,
    find: "    '--seccomp',\n    String(fd.seccomp),\n",
    replace: '',
    ...boxed('no privilege, and no way to one'),
  },
  {
    name: 'system calls: namespaces by clone',
    file: `${sandbox}/src/bubblewrap/seccomp.ts`,
    find: 'anyBit(namespaceFlags, 0, 1)',
    replace: 'anyBit(0, 0, 1)',
    ...suite(`${sandbox}/test/seccomp.test.ts`)('clone may start'),
  },
  {
    name: 'system calls: those newer than the list',
    file: `${sandbox}/src/bubblewrap/seccomp.ts`,
    find: 'atLeast(newest + 1, 0, 1)',
    replace: 'atLeast(0x4000_0000, 0, 1)',
    ...boxed('no call that is newer'),
  },
  {
    name: 'system calls: pages that only a pipe has',
    file: `${sandbox}/src/system-calls.ts`,
    find: '  vmsplice: [278, 75],',
    replace: ' ',
    ...watched('pages that only a pipe has'),
  },
  {
    name: 'bubblewrap: what pipes hold is watched',
    file: `${sandbox}/src/bubblewrap/watch.ts`,
    find: 'sockets + sum(family, pipesOf)',
    replace: 'sockets',
    ...watched('what pipes hold'),
  },
  {
    name: 'bubblewrap: what connections over IPv6 hold is watched',
    file: `${sandbox}/src/bubblewrap/watch.ts`,
    find: '? connectionsOf(first)',
    replace: '? 0',
    ...watched('what connections to ::1'),
  },
  {
    name: 'bubblewrap, warm: the name of the host',
    file: forkBox,
    find: "'--hostname', 'sandbox', ",
    replace: '',
    ...forked('the name of the host'),
  },
  {
    name: 'system calls: another architecture',
    file: `${sandbox}/src/bubblewrap/seccomp.ts`,
    find: 'equal(machine.audit, 1, 0)',
    replace: 'equal(machine.audit, 1, 1)',
    ...suite(`${sandbox}/test/seccomp.test.ts`)('another architecture'),
  },
  {
    name: 'bubblewrap: descriptors of the namespaces are closed',
    file: launch,
    find: 'closing([...new Set([fd.user, fd.mount, ...inherited])])',
    replace: 'closing([])',
    ...boxed('no descriptor and no terminal of ours'),
  },
  {
    name: 'bubblewrap: no more processes than its number',
    edits: [
      {
        file: launch,
        find: "hardLimit('nproc', limits.pids + 1)",
        replace: "hardLimit('nproc', limits.pids + 9000)",
      },
      {
        file: `${sandbox}/src/bubblewrap/cgroup.ts`,
        find: "  set(pids, 'pids.max', limits.pids)\n",
        replace: '',
      },
      { file: `${sandbox}/src/bubblewrap/cgroup.ts`, find: "  set('pids.max', limits.pids)\n", replace: '' },
    ],
    ...boxed('processes end at their number'),
  },
  {
    name: 'bubblewrap: memory is limited by the kernel',
    edits: [
      {
        file: `${sandbox}/src/bubblewrap/cgroup.ts`,
        find: "  set(memory, 'memory.limit_in_bytes', limits.memoryBytes)\n",
        replace: '',
      },
      {
        file: `${sandbox}/src/bubblewrap/cgroup.ts`,
        find: "  attempt(() => set(memory, 'memory.memsw.limit_in_bytes', limits.memoryBytes))",
        replace: '',
      },
      {
        file: `${sandbox}/src/bubblewrap/cgroup.ts`,
        find: "  set('memory.max', limits.memoryBytes)\n",
        replace: '',
      },
    ],
    ...boxed('memory of all processes together ends at the limit'),
  },
  {
    name: 'bubblewrap: memory is watched where the kernel does not limit it',
    file: `${sandbox}/src/bubblewrap/watch.ts`,
    find: 'if (held <= limits.memoryBytes) {',
    replace: '{',
    ...watched('memory of all processes together ends at the limit'),
  },
]

/** @type {readonly Mutation[]} */
const ofAllDrivers = [
  {
    name: 'every command: its time',
    file: `${sandbox}/src/supervise.ts`,
    find: 'timeoutSec * 1000',
    replace: 'timeoutSec * 30_000',
    ...boxed('a busy and an idle command end at their time'),
  },
  {
    name: 'every command: its output',
    file: `${sandbox}/src/supervise.ts`,
    find: 'if (size + chunk.length > cap) full()',
    replace: '',
    ...boxed('output ends at its cap'),
  },
  {
    name: 'every command: what it started ends with it',
    file: `${sandbox}/src/supervise.ts`,
    find: '    await running.kill()\n    if (reason',
    replace: '    if (reason',
    ...inDocker('a daemon neither holds up'),
  },
  {
    name: 'paths: none goes up',
    file: `${sandbox}/src/paths.ts`,
    find: " || name === '..')",
    replace: ')',
    ...suite(`${sandbox}/test/paths.test.ts`)(''),
  },
  {
    name: 'paths: none is absolute',
    edits: [
      {
        file: `${sandbox}/src/paths.ts`,
        find: "  if (path.startsWith('/')) refuse('is absolute')\n",
        replace: '',
      },
      { file: `${sandbox}/src/paths.ts`, find: "if (name === '' || name", replace: 'if (name' },
    ],
    ...suite(`${sandbox}/test/paths.test.ts`)(''),
  },
  {
    name: 'files that come out: no link',
    file: `${sandbox}/src/tar.ts`,
    find: "=== (step === path ? 'file' : 'directory'),",
    replace: '!== undefined,',
    ...boxed('a link to a file beside it is not read'),
  },
  {
    name: 'files that come out: nothing behind a linked folder',
    file: `${sandbox}/src/tar.ts`,
    find: '(step) => found',
    replace: '(step) => step !== path || found',
    ...boxed('links, folders, pipes and what lies behind'),
  },
  {
    name: 'files that come out: no more than the disk holds',
    file: `${sandbox}/src/tar.ts`,
    find: 'limits.diskBytes + 4096',
    replace: '2 ** 33 + limits.diskBytes + 4096',
    ...boxed('files with many names count each time'),
  },
]

/** @type {readonly Mutation[]} */
const ofDocker = [
  {
    name: 'docker: no network',
    file: hardening,
    find: "NetworkMode: 'none'",
    replace: "NetworkMode: 'host'",
    ...layersInDocker('.*net'),
  },
  {
    name: 'docker: no memory shared with others',
    file: hardening,
    find: "IpcMode: 'none'",
    replace: "IpcMode: 'private'",
    ...inDocker('nothing is writable but /tmp'),
  },
  {
    name: 'docker: the system is read-only',
    file: hardening,
    find: 'ReadonlyRootfs: true',
    replace: 'ReadonlyRootfs: false',
    ...layersInDocker('.*read-only'),
  },
  {
    name: 'docker: no capability',
    file: hardening,
    find: "CapDrop: ['ALL'],",
    replace: '',
    ...layersInDocker('.*capabilit'),
  },
  {
    name: 'docker: no new privileges',
    file: hardening,
    find: "'no-new-privileges', ",
    replace: '',
    ...inDocker('no privilege, and no way to one'),
  },
  {
    name: 'docker: our filter of system calls',
    file: hardening,
    find: "['no-new-privileges', ...seccomp(at)]",
    replace: "['no-new-privileges']",
    ...inDocker('no socket of another kind|no call .*|no .* of the kernel'),
  },
  {
    name: 'docker: commands are an ordinary user’s',
    file: container,
    find: "const commandUser = '65534:65534'",
    replace: "const commandUser = '0:0'",
    ...inDocker('no privilege, and no way to one'),
  },
  {
    name: 'docker: memory',
    file: container,
    find: '    Memory: limits.memoryBytes + extra,\n    MemorySwap: limits.memoryBytes + extra,\n',
    replace: '',
    ...inDocker('memory of all processes together ends at the limit'),
  },
  {
    name: 'docker: the number of processes',
    file: container,
    find: '    PidsLimit: limits.pids + 1,',
    replace: '',
    ...inDocker('processes end at their number'),
  },
  {
    name: 'docker: the size of the disk',
    file: container,
    find: 'nosuid,nodev,size=$',
    replace: 'nosuid,nodev,size=9$',
    ...inDocker('the disk ends at its size'),
  },
  {
    name: 'docker: the number of files',
    file: container,
    find: ',nr_inodes=$',
    replace: ',nr_inodes=9$',
    ...inDocker('empty files end at a number'),
  },
  {
    name: 'docker: what a command leaves is killed',
    file: supervisor,
    find: 'kill -9 -1; while alive; do kill -9 -1; done;',
    replace: '',
    ...inDocker('a daemon neither holds up'),
  },
  {
    name: 'docker, warm: each job is a user of its own',
    file: places,
    find: '        os.setresuid(self.user, self.user, self.user)\n',
    replace: '',
    ...forkedInDocker('it is no root, has no capability'),
  },
  {
    name: 'docker, warm: two of a job are two users',
    file: places,
    find: 'self.first = first + self.index * self.span',
    replace: 'self.first = first',
    ...forkedInDocker('it can signal nobody|other processes are closed to it'),
  },
  {
    name: 'docker, warm: its files are removed',
    file: places,
    find: '            self.become(self.user)\n            empty(self.folder)\n            self.become(0)\n            os.rmdir(self.folder)\n',
    replace: '            pass\n',
    ...forkedInDocker('files do not stay'),
  },
]

/** @type {readonly Mutation[]} */
const ofForkServers = [
  // No process is left to be found: what stays is a descendant of the template, or a member of its namespace.
  {
    name: 'job: what it leaves running is killed and buried',
    file: cell,
    find: '                if pid == 0:\n                    self.place.kill()\n                    _, _, usage = os.wait4(-1, 0)\n',
    replace: '                if pid == 0:\n                    break\n',
    ...forked('processes do not stay, however they hide'),
  },
  {
    name: 'job: its files are removed',
    file: places,
    find: '        if os.listdir(above):\n            empty(above)\n',
    replace: '',
    ...forked('files do not stay'),
  },
  {
    name: 'job: what it did to its folder is undone',
    file: places,
    find: '        os.chmod(above, 0o700)\n',
    replace: '',
    ...forked('what was done to the folder itself'),
  },
  {
    name: 'job: system calls are filtered',
    file: places,
    find: '        linux.refuse_system_calls(self.settings["filter"])\n',
    replace: '',
    ...forked('it has no network, and no way to leave bytes'),
  },
  {
    name: 'job: no capability',
    file: places,
    find: '        linux.drop_capabilities()\n        self.shut()\n',
    replace: '        self.shut()\n',
    ...forked('it is no root, has no capability'),
  },
  {
    name: 'job: nobody looks into its template',
    file: places,
    find: '        libc.prctl(linux.SET_DUMPABLE, 0, 0, 0, 0)\n',
    replace: '        pass\n',
    ...forked('other processes are closed to it|no job finds the payload'),
  },
  {
    name: 'job: it sees no process but its own',
    file: places,
    find: '        linux.mount("proc", "/proc", linux.NO_SUID | linux.NO_DEVICES | linux.NO_EXEC)\n',
    replace: '',
    ...forked('other processes are closed to it'),
  },
  {
    name: 'job: the disk has a size',
    file: places,
    find: '"size=%d,nr_inodes=%d,mode=0700" % (size, max(64, size // 4096))',
    replace: '"nr_inodes=%d,mode=0700" % max(64, size // 4096)',
    ...forked('the disk ends at its size'),
  },
  {
    name: 'job: files have a number',
    file: places,
    find: 'max(64, size // 4096)',
    replace: '1 << 30',
    ...forked('empty files end at a number'),
  },
  {
    name: 'job: no more processes than its number',
    file: places,
    find: '            limit(getattr(resource, kind), most)\n',
    replace: '            pass\n',
    ...forked('processes end at their number'),
  },
  {
    name: 'job: CPU time is watched, with that of its children',
    file: cell,
    find: '        if cpu > most_cpu:',
    replace: '        if False:',
    ...layers('CPU time of a job'),
  },
  {
    name: 'job: CPU time is limited even if nobody watches',
    file: start,
    find: '    hold(RLIMIT_CPU, cpu)\n',
    replace: '',
    ...layers('a limit of the kernel stands behind'),
  },
  {
    name: 'job: memory of all its processes is watched',
    file: cell,
    find: 'return channel.MEMORY if memory > most_memory else channel.NOTHING',
    replace: 'return channel.NOTHING',
    ...forkedWatched('memory of eight children is limited together'),
  },
  {
    name: 'job: what one process takes at once is limited',
    file: start,
    find: '    hold(RLIMIT_DATA, memory)\n    hold(RLIMIT_NOFILE, most_files)\n    if stdin_size:',
    replace: '    hold(RLIMIT_NOFILE, most_files)\n    if stdin_size:',
    ...layers('a limit of the kernel stands behind'),
  },
  {
    name: 'job: output and result have a cap',
    file: job,
    find: 'self.parts.append(part[: self.cap - self.size])',
    replace: 'self.parts.append(part)',
    ...forked('output ends at its cap'),
  },
  {
    name: 'job: its time on the wall',
    file: job,
    find: '        if elapsed >= wall:\n            end("timeout")\n',
    replace: '',
    ...forked('who does nothing ends at the wall'),
  },
  {
    name: 'job: descriptors that are not its own are closed',
    file: start,
    find: '        os.closerange(RESULT + 1, LAST)\n',
    replace: '        pass\n',
    ...forked('it has the descriptors it should have'),
  },
  {
    name: 'fork server: one that falls silent is thrown away',
    file: server,
    find: "broken?.('the agent does not answer'), ms)",
    replace: "broken?.('the agent does not answer'), ms * 1000)",
    ...breaches('a server that falls silent'),
  },
  {
    name: 'fork server: nothing begins in one that broke',
    file: server,
    find: '    } catch (error) {\n      alive = false\n',
    replace: '    } catch (error) {\n',
    ...breaches('a server that is killed'),
  },
  {
    name: 'fork server: one that broke is killed',
    file: server,
    find: '    } catch (error) {\n      alive = false\n',
    replace:
      '    } catch (error) {\n      alive = false\n      return breach(job, 0, (error as Error).message)\n',
    ...breaches('a server that falls silent'),
  },
  {
    name: 'fork server: an answer has a length',
    file: `${sandbox}/src/fork-server/frames.ts`,
    find: 'total > most() || ',
    replace: '',
    ...frames('longer'),
  },
  {
    name: 'fork server: a frame has a form',
    file: `${sandbox}/src/fork-server/frames.ts`,
    find: ' || header > total - 4',
    replace: '',
    ...frames('form'),
  },
]

/** @type {readonly Mutation[]} */
const ofWasm = [
  {
    name: 'WebAssembly: memory',
    file: `${sandbox}/src/wasm/module.ts`,
    find: '...leb(minimum.value), ...leb(pages))',
    replace: '...leb(minimum.value), ...leb(mostPages))',
    ...suite(`${sandbox}/test/wasm-module.test.ts`)('holds to the page'),
  },
  {
    name: 'WebAssembly: time',
    file: `${sandbox}/src/wasm/pool.ts`,
    find: "finish({ end: 'timeout' }), timeoutMs)",
    replace: "finish({ end: 'timeout' }), timeoutMs * 50)",
    ...wasm('an endless loop is ended'),
  },
  {
    name: 'WebAssembly: the disk',
    file: `${sandbox}/src/wasm/worker.js`,
    find: 'new Disk(job.diskBytes, job.files)',
    replace: 'new Disk(2 ** 31, job.files)',
    ...wasm('the disk holds what it may'),
  },
]

const python = `${scorers}/python`
const javascript = `${scorers}/javascript`
const execution = `${scorers}/src/execution`

const forgeries = suite(`${scorers}/test/py-forgeries.test.ts`)
const judging = suite(`${scorers}/test/judge.test.ts`)
const codeTests = suite(`${scorers}/test/code-tests.test.ts`)
const codec = suite(`${scorers}/test/codec.test.ts`)
const time = suite(`${scorers}/test/time.test.ts`)
const js = suite(`${scorers}/test/js.test.ts`)
const project = suite(`${scorers}/test/project-tests.test.ts`)
const projectForgeries = suite(`${scorers}/test/project-forgeries.test.ts`)
const lost = suite(`${scorers}/test/lost-boxes.test.ts`)

/** @type {readonly Mutation[]} */
const ofComparison = [
  {
    name: 'values: compared by type, texts are no numbers',
    file: `${execution}/compare.ts`,
    find: 'sameNumber(a, b, tolerance) : a === b',
    replace: 'sameNumber(a, b, tolerance) : String(a) === String(b)',
    ...forgeries('the text of the answer'),
  },
  {
    name: 'values: compared by type, a list is no tuple',
    file: `${execution}/compare.ts`,
    find: 'got.kind === expected.kind && sameItems',
    replace: "'items' in got && sameItems",
    ...codec('call the same values equal as Python does'),
  },
  {
    name: 'values: what is no data equals nothing',
    file: `${execution}/compare.ts`,
    find: '    default:\n      return false\n  }\n}\n\ntype Numeric',
    replace: '    default:\n      return true\n  }\n}\n\ntype Numeric',
    ...codec('what is no data equals nothing'),
  },
  {
    name: 'values: of JavaScript, true is not 1',
    file: `${execution}/cases.ts`,
    find: "(one.booleans === 'numbers' || sameBooleans(got, one.expected))",
    replace: 'true',
    ...js('inputs and outputs'),
  },
  {
    name: 'decoder: depth',
    file: `${execution}/codec.ts`,
    find: 'if (++depth > caps.depth * 3) throw',
    replace: 'if (++depth > 2 ** 30) throw',
    ...codec('hostile bytes'),
  },
  {
    name: 'decoder: number of values',
    edits: [
      {
        file: `${execution}/codec.ts`,
        find: 'if (nodes > caps.nodes * 5) throw',
        replace: 'if (nodes > 2 ** 30) throw',
      },
    ],
    ...codec('hostile bytes'),
  },
  {
    name: 'decoder: bytes',
    file: `${execution}/codec.ts`,
    find: 'if (bytes.length > caps.bytes) throw',
    replace: 'if (bytes.length > 2 ** 30) throw',
    ...codec('hostile bytes'),
  },
  {
    name: 'decoder: digits',
    file: `${execution}/codec.ts`,
    find: '|\\d{1,10000})$/',
    replace: '|\\d+)$/',
    ...codec('hostile bytes'),
  },
  {
    name: 'decoder: values of one message',
    file: `${execution}/codec.ts`,
    find: "++nodes > caps.nodes && from === 'wire'",
    replace: '++nodes > 2 ** 30',
    ...codec('decoding stops at the caps'),
  },
]

/** @type {readonly Mutation[]} */
const ofVerdicts = [
  {
    name: 'io: what is expected stays on the host',
    file: `${execution}/io.ts`,
    find: '{ entry, args: raw.input, again: calls > 1 }',
    replace: '{ entry, args: raw.input, again: calls > 1, expected: raw.expected }',
    ...codeTests('what is expected never enters'),
  },
  {
    name: 'io: each input twice',
    file: `${execution}/io.ts`,
    find: 'const calls = one.program || one.like !== undefined ? 1 : 2',
    replace: 'const calls = 1',
    ...codeTests('state leaks neither'),
  },
  {
    name: 'results: nothing comes after the last',
    file: `${execution}/jobs.ts`,
    find: "if (messages.length === most) throw new Forged('a second result came after the first')",
    replace: 'if (messages.length === most) return messages',
    ...forgeries('caught in the act'),
  },
  {
    name: 'results: each has the seal',
    file: `${execution}/jobs.ts`,
    find: 'if (!begin.startsWith(',
    replace: 'if (false && !begin.startsWith(',
    ...forgeries('caught in the act'),
  },
  {
    name: 'results: no bytes after a frame',
    file: `${execution}/jobs.ts`,
    find: "if (at < view.length && end.reason === 'ok') throw",
    replace: 'if (false) throw',
    ...lost('bytes after'),
  },
  {
    name: 'results: no length that ours never has, and no bytes after a frame',
    edits: [
      {
        file: `${execution}/jobs.ts`,
        find: 'if (next - at > caps.bytes + 4) throw',
        replace: 'if (false) throw',
      },
      {
        file: `${execution}/jobs.ts`,
        find: "if (at < view.length && end.reason === 'ok') throw",
        replace: 'if (false) throw',
      },
    ],
    ...forgeries('caught in the act: a frame of four'),
  },
  {
    name: 'results of EvalPlus: the seal',
    file: `${execution}/reference.ts`,
    find: 'if (first !== undefined && first !== seal) throw',
    replace: 'if (false) throw',
    ...forgeries('caught in the act'),
  },
  {
    name: 'results of EvalPlus: nothing after the end',
    edits: [
      {
        file: `${execution}/reference.ts`,
        find: 'if (newlines(result, most + 3) > most + 2) throw',
        replace: 'if (false) throw',
      },
      {
        file: `${execution}/reference.ts`,
        find: 'if (ended >= 0 && ended < lines.length - 1) throw',
        replace: 'if (false) throw',
      },
    ],
    ...lost('lines after'),
  },
  {
    name: 'results of EvalPlus: the end has to come',
    file: `${execution}/reference.ts`,
    find: 'if (at === total && whole) return',
    replace: 'if (at === total) return',
    ...lost('without its end'),
  },
  {
    name: 'results of EvalPlus: the base before what was added',
    file: `${execution}/reference.ts`,
    find: '{ base: baseInputs, plus: plusInputs }',
    replace: '{ plus: plusInputs, base: baseInputs }',
    ...judging('where both fail, the base'),
  },
  {
    name: 'results of EvalPlus: each input has its time',
    file: `${python}/inputs.py`,
    find: '        hold(limit)\n',
    replace: '',
    ...judging('an input has four seconds'),
  },
  {
    name: 'nothing a candidate does is our fault: io',
    file: `${execution}/io.ts`,
    find: 'if (end === undefined || breach !== undefined) return { messages',
    replace: "if (breach !== undefined) throw new Error('lost')\n  if (end === undefined) return { messages",
    ...lost('a box that is lost .*io'),
  },
  {
    name: 'nothing a candidate does is our fault: assertions',
    file: `${execution}/assert.ts`,
    find: '  if (breach !== undefined || candidate === undefined',
    replace: "  if (breach !== undefined) throw new Error('lost')\n  if (candidate === undefined",
    ...lost('a box that is lost .*(joined|played)'),
  },
  {
    name: 'nothing a candidate does is our fault: EvalPlus',
    file: `${execution}/reference.ts`,
    find: '  if (end === undefined || result.breach !== undefined)',
    replace: "  if (result.breach !== undefined) throw new Error('lost')\n  if (end === undefined)",
    ...lost('a box that is lost .*reference'),
  },
  {
    name: 'nothing a candidate does is our fault: unreadable bytes',
    file: `${execution}/io.ts`,
    find: '    if (error instanceof Garbage)\n',
    replace: '    if (false)\n',
    ...lost('unreadable'),
  },
  {
    name: 'boxes: replaced when worn',
    file: `${execution}/servers.ts`,
    find: '!server.alive || server.served >= this.#options.maxJobs',
    replace: '!server.alive',
    ...judging('are replaced when worn'),
  },
  {
    name: 'time: of the CPU, not of the wall',
    file: `${execution}/time.ts`,
    find: '=> 3 * limit + 2',
    replace: '=> limit',
    ...time('is no matter of the wall'),
  },
  {
    name: 'time: what waits for nothing ends by the wall',
    file: `${execution}/time.ts`,
    find: '=> 3 * limit + 2',
    replace: '=> 30 * limit + 20',
    ...time('ends a sleeper by the wall'),
  },
  {
    name: 'time: a limit of the CPU',
    file: `${execution}/jobs.ts`,
    find: '    cpuSec,\n',
    replace: '    cpuSec: 100,\n',
    ...lost('a box is told the limit'),
  },
  {
    name: 'answers: all that one says has to hold',
    file: `${python}/expression.py`,
    find: 'if not self.evaluate(condition, names):',
    replace: 'if False:',
    ...judging('expressions'),
  },
]

/** @type {readonly Mutation[]} */
const ofExtraction = [
  {
    name: 'answers: what was thought aloud is none',
    file: `${scorers}/src/answer/reasoning.ts`,
    find: 'const shown = withoutTags(withTags(said))',
    replace: 'const shown = said',
    ...suite(`${scorers}/test/answer.test.ts`)('code in it is not the answer'),
  },
  {
    name: 'answers: what other rules read is told',
    file: `${scorers}/src/answer.ts`,
    find: '...(alternatives.length > 0 && { alternatives }),',
    replace: '',
    ...suite(`${scorers}/test/answer.test.ts`)('other rules that read something else'),
  },
  {
    name: 'answers: that other rules read something else is told with the verdict',
    file: `${execution}/reply.ts`,
    find: "? { extraction: 'disagreed' } : {}",
    replace: '? {} : {}',
    ...codeTests('a verdict tells that other rules'),
  },
]

/** @type {readonly Mutation[]} */
const ofTesters = [
  {
    name: 'tester: things of the candidate’s equal nothing',
    file: `${python}/remote.py`,
    find: '    def __repr__(self):\n        return "<%s>"',
    replace:
      '    def __eq__(self, other):\n        return self._far.ask("truth", self._of)\n\n    def __repr__(self):\n        return "<%s>"',
    ...judging('a thing of the answer’s equals nothing'),
  },
  {
    name: 'tester: the entry point is the candidate’s',
    file: `${python}/tester.py`,
    find: 'proxy = names[job["entry"]] = Proxy(far, job["entry"])',
    replace: 'proxy = names.get(job["entry"]) or Proxy(far, job["entry"])',
    ...suite(`${scorers}/test/humaneval.test.ts`)(
      'an empty reply fails every task|every canonical solution passes',
    ),
  },
  {
    name: 'tester: modules are Python’s',
    file: `${python}/tester.py`,
    find: '        if name in MODULES:',
    replace: '        if False:',
    ...judging('a module that only the answer imports'),
  },
  {
    name: 'tester: what was not asked for is no answer',
    file: `${python}/remote.py`,
    find: 'if reply.get("id") != mark:',
    replace: 'if False:',
    ...forgeries('caught in the act'),
  },
  {
    name: 'tester: an exit is no exception',
    file: `${python}/remote.py`,
    find: '            if reply["error"].get("fatal"):\n                self.stop(reply=reply)\n',
    replace: '',
    ...judging('nor after an exit'),
  },
  {
    name: 'tester: who catches everything goes on for nothing',
    file: `${python}/tester.py`,
    find: 'return {"passed": False, **far.stopped} if far.stopped else {"passed": True}',
    replace: 'return {"passed": True}',
    ...judging('a test that catches all goes on for nothing'),
  },
  {
    name: 'tester: changes of arguments are written back',
    file: `${python}/remote.py`,
    find: '                wire.refill(container, items)\n',
    replace: '                pass\n',
    ...judging('what tests and answers share, .* one list as two arguments'),
  },
  {
    name: 'tester: what is one stays one',
    file: `${python}/remote.py`,
    find: 'wire.encode(x, near, numbers, FREE)',
    replace: 'wire.encode(x, near, {}, FREE)',
    ...judging('what tests and answers share, .* one list twice'),
  },
  {
    name: 'tester: an answer has a length',
    file: `${python}/remote.py`,
    find: 'frames.receive(frames.HEARD, wire.MAX_BYTES)',
    replace: 'frames.receive(frames.HEARD)',
    ...lost('answer to the tester of more than its length'),
  },
  {
    name: 'tester: an answer has a number of values',
    file: `${python}/remote.py`,
    find: 'MOST_PARTS = 500_000',
    replace: 'MOST_PARTS = 1 << 40',
    ...lost('answer to the tester of more than its number'),
  },
]

const played = suite(`${scorers}/test/played.test.ts`)

/** @type {readonly Mutation[]} */
const ofStages = [
  {
    name: 'stage: an answer is to the question that was rehearsed',
    file: `${python}/stage.py`,
    find: 'if self.asked == len(self.calls) or plain.dumps(question) != plain.dumps(self.calls[self.asked]):',
    replace: 'if self.asked == len(self.calls):',
    ...played('asks for something else'),
  },
  {
    name: 'stage: a test that asked for less than in its rehearsal proves nothing',
    file: `${execution}/staged.ts`,
    find: 'known.passed === true && asked !== most',
    replace: 'false',
    ...played('asked for less'),
  },
  {
    name: 'stage: an answer that is missing is a failure',
    file: `${python}/stage.py`,
    find: '            self.stop(silent=True)',
    replace: '            return {"value": True}',
    ...played('ends before its last answer'),
  },
  {
    name: 'stage: a lost stage is no fault of a candidate’s, nor its gain',
    file: `${execution}/staged.ts`,
    find: 'if (error instanceof SandboxError) return undefined',
    replace: '',
    ...played('a stage that is lost'),
  },
]

/** @type {readonly Mutation[]} */
const ofProjects = [
  {
    name: 'projects: exactly as many tests as are due',
    file: `${scorers}/src/verify.ts`,
    find: 'if (passed === spec.passes && failing === 0 && skipped === 0)',
    replace: 'if (failing === 0 && skipped === 0)',
    ...project('exactly as many'),
  },
  {
    name: 'projects: none is skipped',
    file: `${scorers}/src/verify.ts`,
    find: ' && failing === 0 && skipped === 0)',
    replace: ' && failing === 0)',
    ...project('exactly as many'),
  },
  {
    name: 'projects: files that are not declared stay out',
    file: `${scorers}/src/verify/plan.ts`,
    find: 'const declared = answer.filter((path) => Object.hasOwn(given, path))',
    replace: 'const declared = Object.keys(given)',
    ...project('a file that the task does not declare'),
  },
  {
    name: 'projects: what steers the tests is nobody’s answer',
    file: `${scorers}/src/verify/plan.ts`,
    find: 'if (steering.test(path)) refuse',
    replace: 'if (false) refuse',
    ...projectForgeries('conftest|ini|steer|toml'),
  },
  {
    name: 'projects: what is self-judged is marked',
    file: `${scorers}/src/verify.ts`,
    find: '    ...(spec.selfJudged ? { self_judged: true } : {}),\n',
    replace: '',
    ...project('what only the answer could decide fails, or is marked'),
  },
  {
    name: 'projects: what only the answer could decide fails',
    file: `${scorers}/src/verify/runners.ts`,
    find: 'self_judged: selfJudged === true',
    replace: 'self_judged: true',
    ...project('what only the answer could decide fails, or is marked'),
  },
  {
    name: 'projects: CPU time',
    file: `${python}/bench_verify/hold.py`,
    find: '        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))\n',
    replace: '',
    ...project('an endless loop'),
  },
  {
    name: 'projects: the length of a frame',
    file: `${scorers}/src/verify/frames.ts`,
    find: "if (size > caps.bytes) return 'too_large'",
    replace: '',
    ...lost('a frame of a project'),
  },
  {
    name: 'files of a reply: none goes up',
    file: `${scorers}/src/answer/file-paths.ts`,
    find: "  if (names.includes('..')) return",
    replace: '  if (false) return',
    ...suite(`${scorers}/test/answer-files.test.ts`)('faults'),
  },
  {
    name: 'files of a reply: no two that are one',
    file: `${scorers}/src/answer/files.ts`,
    find: 'of sameNames([...files.keys()]))',
    replace: 'of sameNames([]))',
    ...suite(`${scorers}/test/answer-files.test.ts`)('faults'),
  },
]

const compiled = suite(`${scorers}/test/compiled-defences.test.ts`, '', 'bubblewrap')

/** @type {readonly Mutation[]} */
const ofCompiled = [
  {
    name: "compiled: the verdict is the test's process's",
    file: `${scorers}/src/execution/compiled.ts`,
    find: 'readVerdict(test.result)',
    replace: 'readVerdict(answer.result) ?? readVerdict(test.result)',
    ...compiled('takes no verdict from the answer'),
  },
  {
    name: 'compiled: C++ asks by a number that nobody knows',
    file: `${scorers}/compiled/bench_judge.hpp`,
    find: 'if (answer.compare(0, 8, id, sizeof id) != 0) tell("forged");',
    replace: '',
    ...compiled('cpp takes no answer'),
  },
  {
    name: 'compiled: Rust asks by a number that nobody knows',
    file: `${scorers}/compiled/bench_judge.rs`,
    find: 'if !answer.starts_with(&id) {',
    replace: 'if false {',
    ...compiled('rust takes no answer'),
  },
  {
    name: 'compiled: Java asks by a number that nobody knows',
    file: `${scorers}/compiled/java/Judge.java`,
    find: 'if (reply.length < 9 || !Arrays.equals(reply, 0, 8, id, 0, 8)) tell("forged", "");',
    replace: '',
    ...compiled('java takes no answer'),
  },
  {
    name: 'compiled: Go asks by a number that nobody knows',
    file: `${scorers}/compiled/bench_judge.go`,
    find: 'len(answer) < 9 || string(answer[:8]) != string(id)',
    replace: 'false',
    ...compiled('go takes no answer'),
  },
]

/** @type {readonly Mutation[]} */
const ofJavascript = [
  {
    name: 'JavaScript: built-ins as they were before any candidate',
    file: `${javascript}/natives.cjs`,
    find: 'const methods = (prototype, ...keys) => keys.map((key) => bare(prototype[key]))',
    replace:
      'const methods = (prototype, ...keys) => keys.map((key) => (self, ...args) => self[key](...args))',
    ...js('built-ins that an answer changed'),
  },
  {
    name: 'JavaScript: a value is read once',
    file: `${javascript}/encode.cjs`,
    find: '    push(pairs, read(x, keys[i]))\n',
    replace: '    read(x, keys[i])\n    push(pairs, read(x, keys[i]))\n',
    ...js('getters are read once'),
  },
  {
    name: 'JavaScript: tests do not share a realm',
    file: `${javascript}/stage.cjs`,
    find: 'const verdict = runTest(freshRealm(), job',
    replace: "const verdict = runTest(require('./realm.cjs').ownRealm(), job",
    ...js('assertions'),
  },
  {
    name: 'JavaScript: what was not asked for is no answer',
    file: `${javascript}/tester.cjs`,
    find: 'if (reply.id !== id) throw',
    replace: 'if (false) throw',
    ...js('an answer that nobody had asked for'),
  },
  {
    name: 'JavaScript: a program comes to its end',
    file: `${execution}/js/assert.ts`,
    find: 'if (last?.ended !== true) return',
    replace: 'if (false) return',
    ...js('a program that dies after its last answer'),
  },
  {
    name: 'JavaScript: a program that fails has not passed',
    file: `${execution}/js/assert.ts`,
    find: "if (typeof last.exit !== 'string') return undefined",
    replace: 'return undefined',
    ...js('a script and its test'),
  },
]

const providers = 'packages/providers'
const retries = suite(`${providers}/test/retry.test.ts`, 'withRetries')
const scripts = suite(`${providers}/test/fault-scripts.test.ts`)
const tries = suite(`${providers}/test/tries.test.ts`)
const faults = suite(`${providers}/test/faults.test.ts`)

/** @type {readonly Mutation[]} */
const ofProviders = [
  {
    name: 'providers: a reply without an end is none',
    file: `${providers}/src/wire/try.ts`,
    find: 'if (reply.finish === undefined)',
    replace: 'if (false)',
    ...scripts('(?:chat|ollama) ended'),
  },
  {
    name: "providers: Anthropic's reason to stop is not yet the end",
    file: `${providers}/src/wire/messages.ts`,
    find: 'if (!this.#reply.closed) this.#reply.finish = undefined',
    replace: '',
    ...scripts('messages ended'),
  },
  {
    name: 'providers: damaged text is no answer',
    file: `${providers}/src/wire/stream.ts`,
    find: "new TextDecoder('utf-8', { fatal: true })",
    replace: "new TextDecoder('utf-8')",
    ...suite(`${providers}/test/quirks.test.ts`)('what is no UTF-8'),
  },
  {
    name: 'providers: a line without end is not read for ever',
    file: `${providers}/src/wire/stream.ts`,
    find: 'if (rest.length > maxMessage) throw tooLong()',
    replace: '',
    ...suite(`${providers}/test/stream.test.ts`)('stops at a line'),
  },
  {
    name: 'providers: redirects are not followed',
    file: `${providers}/src/wire/http.ts`,
    find: 'dispatcher: watched(await connections(), request.signal),',
    replace:
      "dispatcher: (await connections()).compose((await import('undici')).interceptors.redirect({ maxRedirections: 3 })),",
    ...faults('redirects are not followed'),
  },
  {
    name: 'providers: a wait beyond the cap is not kept',
    file: `${providers}/src/retry.ts`,
    find: 'if (wait > maxWait(policy)) {',
    replace: 'if (false) {',
    ...retries('asked for a longer wait'),
  },
  {
    name: 'providers: no wait beyond the deadline',
    file: `${providers}/src/retry.ts`,
    find: 'if (clock.now() + wait >= deadline) {',
    replace: 'if (false) {',
    ...retries('does not begin a wait'),
  },
  {
    name: 'providers: a deadline for the whole call',
    file: `${providers}/src/retry.ts`,
    find: 'let cancel = alarm()',
    replace: 'let cancel = () => {}',
    ...retries('ends a call that outlasts the deadline'),
  },
  {
    name: 'providers: tries are bounded',
    file: `${providers}/src/retry.ts`,
    find: 'retry > policy.maxRetries',
    replace: 'retry > 99',
    ...retries('gives up after the retries'),
  },
  {
    name: 'providers: an empty account is not asked again',
    file: `${providers}/src/wire/classify.ts`,
    find: "return 'spend_cap'",
    replace: "return 'rate_limit'",
    ...scripts('chat HTTP (?:402|429)'),
  },
  {
    name: 'providers: an abort closes the connection',
    file: `${providers}/src/wire/try.ts`,
    find: "signal.addEventListener('abort', onAbort, { once: true })",
    replace: '',
    ...tries('an abort of openai closes'),
  },
  {
    name: 'providers: a silent server is given up',
    file: `${providers}/src/wire/watch.ts`,
    find: 'else onSilence(found)',
    replace: '',
    ...tries('the watch over a try'),
  },
  {
    name: 'providers: signs of life are no tokens',
    file: `${providers}/src/wire/watch.ts`,
    find: "return typeof tokenless === 'number' ? silent : tokenless",
    replace: 'return silent',
    ...tries('the watch over a try is not held off'),
  },
  {
    name: 'providers: what had left may be billed',
    file: `${providers}/src/wire/watch.ts`,
    find: 'this.left = true',
    replace: '',
    ...scripts('chat torn'),
  },
  {
    name: 'providers: failed tries cost what they cost',
    file: `${providers}/src/wire/try.ts`,
    find: 'const told = tries.map(({ reply }) => reply).filter(toldAnything)',
    replace: 'const told = tries.map(({ reply }) => reply).slice(-1)',
    ...tries('what failed tries cost'),
  },
]

/** @type {readonly Mutation[]} */
export const mutations = [
  ...ofProviders,
  ...ofQueue,
  ...ofRunner,
  ...ofSolvers,
  ...ofBubblewrap,
  ...ofAllDrivers,
  ...ofDocker,
  ...ofForkServers,
  ...ofWasm,
  ...ofComparison,
  ...ofVerdicts,
  ...ofExtraction,
  ...ofTesters,
  ...ofStages,
  ...ofProjects,
  ...ofCompiled,
  ...ofJavascript,
]

/** Programs that try to pass as `add` without adding, by name. None of them may. */

const frames = `#include <unistd.h>
#include <string>
static void frame(int fd, const std::string &body) {
  std::string all;
  for (int shift = 24; shift >= 0; shift -= 8) all += char(body.size() >> shift);
  all += body;
  if (write(fd, all.data(), all.size()) < 0) {}
}
static std::string question() {
  std::string head(4, 0), body;
  if (read(4, &head[0], 4) != 4) _exit(0);
  body.resize((unsigned char)head[2] << 8 | (unsigned char)head[3]);
  if (read(4, &body[0], body.size()) < 0) _exit(0);
  return body;
}
static std::string five(int n = 5) { return std::string("q") + char(n) + std::string(7, 0); }
`
const wrong = 'long add(long x, long y) { return 1; }'
const says = (body: string) => `${frames}long add(long x, long y) { ${body} return 1; }`
const before = (body: string) =>
  `${frames}__attribute__((constructor)) static void early() { ${body} }\n${wrong}`

export const cppForgeries: Readonly<Record<string, string>> = {
  'exits with 0 when called': '#include <cstdlib>\nlong add(long x, long y) { std::exit(0); }',
  'exits with 0 before it is called': before('_exit(0);'),
  'exits quickly': '#include <cstdlib>\nlong add(long x, long y) { std::quick_exit(0); }',
  'kills itself': '#include <csignal>\nlong add(long x, long y) { std::raise(SIGKILL); return 1; }',
  'throws what says it passed': 'long add(long x, long y) { throw "passed"; }',
  'throws a standard exception':
    '#include <stdexcept>\nlong add(long x, long y) { throw std::runtime_error("passed"); }',
  'returns the first expected value': 'long add(long x, long y) { return 5; }',
  'returns nothing': 'long add(long x, long y) { }',
  'writes a verdict': says('frame(3, "passed   "); _exit(0);'),
  'writes a verdict to every descriptor': says(
    'for (int fd = 0; fd < 64; fd++) frame(fd, "passed   "); _exit(0);',
  ),
  'writes a verdict before main': before('frame(3, "passed   "); _exit(0);'),
  'writes a verdict at its end': `${frames}#include <cstdlib>
long add(long x, long y) { std::atexit([] { frame(3, "passed   "); }); std::exit(0); }`,
  'writes a verdict from a static object': `${frames}struct Early { Early() { frame(3, "passed   "); } ~Early() { frame(3, "passed   "); } } early;\n${wrong}`,
  'puts one descriptor in the place of another': says('dup2(5, 3); dup2(3, 5); frame(5, "passed   ");'),
  'answers before it is asked': before('for (int i = 0; i < 9; i++) frame(5, std::string(8, 0) + five());'),
  'answers every question twice': before(
    'frame(5, "ready"); for (;;) { auto id = question().substr(0, 8); frame(5, id + five()); frame(5, id + five(0)); }',
  ),
  'answers another question': before(
    'frame(5, "ready"); for (;;) { question(); frame(5, "12345678" + five()); }',
  ),
  'answers with a verdict': before(
    'frame(5, "ready"); for (;;) frame(5, question().substr(0, 8) + "passed");',
  ),
  'answers with nothing': before('frame(5, "ready"); for (;;) frame(5, question().substr(0, 8));'),
  'answers with less than the question': before(
    'frame(5, "ready"); for (;;) frame(5, question().substr(0, 7));',
  ),
  'answers with an empty frame': before('frame(5, "ready"); for (;;) { question(); frame(5, ""); }'),
  'answers with a list without end': before(
    'frame(5, "ready"); for (;;) frame(5, question().substr(0, 8) + "l\\xff\\xff\\xff\\xff");',
  ),
  'answers with a frame of four gigabytes': before(
    'frame(5, "ready"); if (write(5, "\\xff\\xff\\xff\\xff", 4)) {} pause();',
  ),
  'answers with half a frame': before(
    'frame(5, "ready"); question(); if (write(5, "\\0\\0\\0\\x11half", 8)) {} _exit(0);',
  ),
  'answers with noise': before(
    'std::string noise(65536, 1); for (;;) if (write(5, noise.data(), noise.size()) < 0) _exit(0);',
  ),
  'has a main of its own': `${frames}${wrong}\nint main() { frame(3, "passed   "); return 0; }`,
  'takes main back': `${frames}${wrong}\n#undef main\nint main() { frame(3, "passed   "); return 0; }`,
  'starts elsewhere': `${frames}${wrong}\nextern "C" void _start() { frame(3, "passed   "); _exit(0); }`,
  'takes the place of what calls main': `${frames}${wrong}
extern "C" int __libc_start_main() { frame(3, "passed   "); _exit(0); }`,
  'changes names by macros': `#define bench_judge_serve elsewhere
#define check(...) true
#define assert(...) 
#define return throw
${wrong.replace('return 1', 'throw 1')}`,
  'changes how values are written': `template <> struct bench_judge::Codec<long> {
  static void put(bench_judge::Bytes &out, long) { out += "T"; }
  static long get(bench_judge::Reader &) { return 0; }
};
${wrong}`,
  'serves by itself': `${wrong}
template <> void bench_judge::serve<long, long, long>(long (*)(long, long)) { bench_judge::send(3, "passed   "); _exit(0); }`,
  'includes the judge as a test': `#undef BENCH_JUDGE_ANSWER
#include "bench_judge.hpp"
void bench_judge_test() {}
long add(long x, long y) { bench_judge::tell("passed"); }`,
  'lies about its lines': `#line 1 "bench_judge.hpp"
${wrong}
#line 1 "test.cpp"
??=define bench_judge_serve main`,
  'returns what equals everything': `struct Every {
  template <class T> bool operator==(const T &) const { return true; }
  operator long() const { return 5; }
};
Every add(long x, long y) { return {}; }`,
  'returns a number that equals everything':
    'long add(long x, long y) { return 1; }\nbool operator==(long, long) { return true; }',
  'returns a boolean': 'bool add(long x, long y) { return true; }',
  'returns a fraction': 'double add(long x, long y) { return x + y; }',
  'returns a text': '#include <string>\nstd::string add(long x, long y) { return "5"; }',
  'takes the place of write': `#include <sys/types.h>
#include <sys/syscall.h>
#include <unistd.h>
extern "C" ssize_t write(int, const void *, size_t n) { syscall(SYS_write, 3, "\\0\\0\\0\\x09passed   ", 13); return n; }
${wrong}`,
  'takes the place of read': `#include <sys/types.h>
#include <cstring>
extern "C" ssize_t read(int, void *to, size_t n) { std::memset(to, 0, n); return n; }
${wrong}`,
  'runs before all others': `${frames}static void early() { frame(3, "passed   "); _exit(0); }
__attribute__((section(".preinit_array"), used)) static void (*const first)() = early;
${wrong}`,
  'speaks in assembler': `asm(".globl bench_judge_test\\nbench_judge_test: ret\\n.section .init_array\\n.quad bench_judge_test\\n.text");
${wrong}`,
  'brings files in': `asm(".data\\n.incbin \\"/proc/self/environ\\"\\n.text");
${wrong}`,
  'includes what the compiler was given': `#include "/proc/self/cmdline"\n${wrong}`,
  'starts itself with another library': `#include <cstdlib>
#include <unistd.h>
long add(long x, long y) {
  setenv("LD_PRELOAD", "/tmp/none.so", 1);
  execl("/proc/self/exe", "program", (char *)nullptr);
  return 1;
}`,
  'starts a shell':
    '#include <cstdlib>\nlong add(long x, long y) { return std::system("printf passed >&3; exit 5") >> 8; }',
  'traces its neighbours': `#include <sys/ptrace.h>
long add(long x, long y) {
  for (int pid = 1; pid < 400; pid++) if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) ptrace(PTRACE_KILL, pid, 0, 0);
  return 1;
}`,
  'writes into the memory of its neighbours': `#include <fcntl.h>
#include <string>
#include <unistd.h>
long add(long x, long y) {
  for (int pid = 1; pid < 400; pid++) {
    if (pid == getpid()) continue;
    int fd = open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDWR);
    for (long at = 0x400000; fd >= 0 && at < 0x500000; at += 4096) if (pwrite(fd, "\\x31\\xc0\\xc3", 3, at) < 0) break;
  }
  return 1;
}`,
  'writes to the descriptors of its neighbours': `${frames}#include <fcntl.h>
long add(long x, long y) {
  for (int pid = 1; pid < 400; pid++) {
    int fd = open(("/proc/" + std::to_string(pid) + "/fd/3").c_str(), O_WRONLY);
    if (fd >= 0) frame(fd, "passed   ");
  }
  return 1;
}`,
  'looks for the test': `#include <dirent.h>
#include <fstream>
#include <iterator>
#include <string>
static long found = 1;
static void look(const std::string &folder, int depth) {
  if (DIR *all = opendir(folder.c_str())) {
    while (dirent *one = readdir(all)) {
      std::string path = folder + "/" + one->d_name;
      if (one->d_name[0] == '.' && (!one->d_name[1] || one->d_name[1] == '.')) continue;
      if (one->d_type == DT_DIR && depth > 0) look(path, depth - 1);
      if (one->d_type != DT_REG) continue;
      std::ifstream in(path);
      std::string text((std::istreambuf_iterator<char>(in)), {});
      if (text.find(std::string("candidate") + "((10), (32))") != std::string::npos) found = 42;
    }
    closedir(all);
  }
}
long add(long x, long y) {
  if (x == 2) { look("/tmp", 3); look("/dev/shm", 1); look("/var/tmp", 2); return 5; }
  return x < 0 ? 0 : found;
}`,
  'answers from a child': `#include <unistd.h>
long add(long x, long y) { if (fork()) pause(); return 1; }`,
  'answers from parent and child': '#include <unistd.h>\nlong add(long x, long y) { return fork() ? 5 : 0; }',
  'leaves children behind': `#include <unistd.h>
long add(long x, long y) { for (int i = 0; i < 8; i++) if (!fork()) { setsid(); for (;;) pause(); } _exit(0); }`,
  'answers from a thread': `${frames}#include <thread>
long add(long x, long y) { std::thread([] { for (;;) frame(5, std::string(8, 1) + five()); }).detach(); for (;;) pause(); }`,
  'speaks in a handler': `${frames}#include <csignal>
long add(long x, long y) { std::signal(SIGSEGV, [](int) { frame(3, "passed   "); _exit(0); }); *(volatile int *)nullptr = 1; return 1; }`,
  'signals everybody':
    '#include <csignal>\n#include <unistd.h>\nlong add(long x, long y) { kill(-1, SIGKILL); kill(getppid(), SIGKILL); return 1; }',
  'closes everything':
    '#include <unistd.h>\nlong add(long x, long y) { for (int fd = 0; fd < 1024; fd++) close(fd); return 5; }',
  'takes itself away':
    '#include <cstdio>\nlong add(long x, long y) { std::remove("program"); std::remove("."); return 1; }',
  'ends by terminate':
    '#include <cstdlib>\n#include <exception>\nlong add(long x, long y) noexcept { std::set_terminate([] { std::_Exit(0); }); throw 1; }',
  'calls itself without end':
    'long add(long x, long y) { volatile char all[4096]; all[0] = 1; return add(x, y) + all[0]; }',
  'never ends': 'long add(long x, long y) { for (volatile int i = 0;; i = i + 1) {} }',
  'takes all memory':
    '#include <vector>\nlong add(long x, long y) { std::vector<std::vector<char>> all; for (;;) all.emplace_back(1 << 24, 1); }',
  'prints without end':
    '#include <cstdio>\nlong add(long x, long y) { for (;;) std::puts("passed passed passed passed passed passed passed"); }',
  'is a template without end': `template <int N> struct Deep { static constexpr long value = Deep<N + 1>::value; };
long add(long x, long y) { return Deep<0>::value; }`,
  'computes without end in the compiler': `constexpr long ages() { long n = 0; for (long i = 0; i < 1L << 60; i++) n += i; return n; }
long add(long x, long y) { constexpr long n = ages(); return n; }`,
  'includes itself': `#include __FILE__\n${wrong}`,
  'is as large as a disk': `char large[1L << 33] = {1};\n${wrong}`,
  'is a program of 64 megabytes': `char large[64 << 20] = {1};\n${wrong}`,
  'is no program': 'long add(long x, long y) {',
}

/** Right answers that look odd, or take names of the judge's: all of them pass. */
export const cppHonest: Readonly<Record<string, string>> = {
  'is noisy': `#include <iostream>
long add(long x, long y) { std::cout << "passed" << std::endl; std::cerr << "passed"; std::printf("}{"); return x + y; }`,
  'starts threads': `#include <atomic>
#include <thread>
#include <vector>
long add(long x, long y) {
  std::atomic<long> sum{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 12; i++) all.emplace_back([&] { sum += 1; });
  for (auto &one : all) one.join();
  return x + y + sum - 12;
}`,
  'takes names of the judge': `struct Reader {}; struct Bytes {}; struct Remote {}; struct Garbage {};
template <class T> struct Codec {};
static int result = 3, heard = 4, said = 5, most = 6;
void check(bool) {} void tell() {} void ask() {} void receive() {} void serve() {} void bench_judge_test() {}
long add(long x, long y) { return x + y; }`,
  'has a main for show': `#include <iostream>
long add(long x, long y) { return x + y; }
int main() { std::cout << add(2, 2); return 1; }`,
  'has braces in texts': `long add(long x, long y) {
  const char *raw = R"x({"{" '{ )x", *text = "{{\\"{", letter = '{'; // {{{
  /* {{{ */ return x + y + 0 * (raw[0] + text[0] + letter) + 0'1 - 1;
}`,
  'takes constants': 'long add(const long x, const long y) { return x + y; }',
  'takes references': 'const long &add(const long &x, long &&y) { static long sum; return sum = x + y; }',
  'counts in a static': 'static long calls = 0;\nlong add(long x, long y) { return ++calls * 0 + x + y; }',
  'catches its own': 'long add(long x, long y) { try { throw x; } catch (long n) { return n + y; } }',
  'goes deep':
    'static long down(long n) { return n ? 1 + down(n - 1) : 0; }\nlong add(long x, long y) { return down(20000) - 20000 + x + y; }',
}

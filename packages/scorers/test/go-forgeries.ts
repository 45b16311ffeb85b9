/** Programs that try to pass as `add` without adding, by name. None of them may. */

const file = (body: string, members = '', ...imports: readonly string[]) =>
  `package add_test\n\nimport (\n${imports.map((path) => `\t${path}\n`).join('')})\n\n${members}\n\nfunc add(a int, b int) int {\n\t${body}\n}\n`

/** Writes frames to a descriptor; a verdict, an answer with an id of zeros. */
const frames = `func put(fd int, bodies ...[]byte) {
	for _, b := range bodies {
		n := len(b)
		syscall.Write(fd, append([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, b...))
	}
}

var verdict = []byte("passed   ")
var five = []byte{0, 0, 0, 0, 0, 0, 0, 0, 'q', 5, 0, 0, 0, 0, 0, 0, 0}`

const withFrames = (body: string, members = '') => file(body, `${frames}\n${members}`, '"syscall"')
const shell = (script: string, then = 'return 0') =>
  file(
    `c := exec.Command("/bin/sh", "-c", ${JSON.stringify(script)}); c.ExtraFiles = []*os.File{os.NewFile(3, ""), os.NewFile(4, ""), os.NewFile(5, "")}; c.Run(); ${then}`,
    '',
    '"os"',
    '"os/exec"',
  )

export const forgeries: Readonly<Record<string, string>> = {
  'tells a verdict on 3': withFrames('put(3, verdict); return 0'),
  'tells a verdict on 5': withFrames('put(5, verdict); return 0'),
  'tells a verdict before it is asked': withFrames(
    'return 0',
    'func init() { put(3, verdict); put(5, verdict) }',
  ),
  'answers before it is asked': withFrames('return 0', 'func init() { put(5, five, five, five) }'),
  'answers with an id of its own': withFrames('put(5, five); select {}'),
  'answers twice': withFrames('put(5, five, five); return a + b'),
  'sends a frame that is too long': withFrames('put(5, make([]byte, 9<<20)); return 0'),
  'sends no frame': withFrames('syscall.Write(5, []byte{255, 255, 255, 255, 0}); return 0'),
  'sends half a frame and ends': withFrames(
    'syscall.Write(5, []byte{0, 0, 0, 17, 0}); syscall.Exit(0); return 0',
  ),
  'goes on sending': withFrames('for { put(5, five) }'),
  'puts a file in place of the pipe': withFrames('syscall.Dup2(3, 5); put(5, verdict); return 0'),
  'gives the question back': shell('cat <&4 >&5'),
  'answers from a child': shell('(while :; do printf passed >&3; printf passed >&5; done) &'),
  'ends its parent': shell('kill -9 $PPID; printf passed >&3'),
  'ends all others': shell('kill -9 -1'),
  'becomes another program': file(
    'syscall.Exec("/bin/sh", []string{"sh", "-c", "printf passed >&3; printf passed >&5"}, nil); return 0',
    '',
    '"syscall"',
  ),
  'leaves with 0': file('os.Exit(0); return 0', '', '"os"'),
  'leaves with 0 while it is loaded': file('return 0', 'func init() { os.Exit(0) }', '"os"'),
  'leaves its goroutine': file('runtime.Goexit(); return 0', '', '"runtime"'),
  'has a TestMain of its own': file(
    'return 0',
    'func TestMain(m *testing.M) { os.Exit(0) }',
    '"os"',
    '"testing"',
  ),
  'has a test of the same name': file('return 0', 'func TestAdd(t *testing.T) {}', '"testing"'),
  'calls the judge': file('bench_judge.Test(func() int { return 0 }); return 0', '', '"bench_judge"'),
  'serves another function': file(
    'return 0',
    'func init() { bench_judge.Serve(func(a, b int) int { return 5 }) }',
    '"bench_judge"',
  ),
  'links to what the judge hides': file(
    'tell("passed", ""); return 0',
    '//go:linkname tell bench_judge.tell\nfunc tell(verdict, words string)',
    '_ "unsafe"',
  ),
  'replaces what the judge hides': file(
    'return 0',
    '//go:linkname put bench_judge.put\nfunc put(out []byte, v reflect.Value, depth int) []byte { return out }',
    '_ "unsafe"',
    '"reflect"',
  ),
  'replaces equality of the runtime': file(
    'return 0',
    '//go:linkname memequal runtime.memequal\nfunc memequal(a, b unsafe.Pointer, n uintptr) bool { return true }',
    '"unsafe"',
  ),
  'holds what lies beside it': file('return len(all)', '//go:embed *\nvar all string', '_ "embed"'),
  'is written in C':
    'package add_test\n\n// #include <stdlib.h>\n// static void __attribute__((constructor)) f(void) { exit(0); }\nimport "C"\n\nfunc add(a int, b int) int { return 0 }\n',
  'passes flags to a linker':
    '//go:cgo_ldflag "-Wl,-e,main"\npackage add_test\n\nfunc add(a int, b int) int { return 0 }\n',
  'says it is another file': `//line task_test.go:1\n${file('return 0')}`,
  'is built for nobody': `//go:build ignore\n\n${file('return 0')}`,
  'has flags of its own': file('return 0', 'func init() { os.Args = []string{"x", "-test.run=^$"} }', '"os"'),
  'gives int another meaning':
    'package add_test\n\ntype int string\n\nfunc add(a int, b int) int { return "5" }\n',
  'gives true another meaning': file(
    'if 1 == 2 { return 5 }; return 0',
    'const true, false = 1 == 2, 1 == 1',
  ),
  'returns what prints the same':
    'package add_test\n\ntype all struct{}\n\nfunc (all) String() string { return "5" }\n\nfunc add(a int, b int) interface{} { return all{} }\n',
  'returns a text': 'package add_test\n\nfunc add(a int, b int) string { return "5" }\n',
  'returns itself without end':
    'package add_test\n\nfunc add(a int, b int) interface{} { l := []interface{}{nil}; l[0] = l; return l }\n',
  'returns two values': 'package add_test\n\nfunc add(a int, b int) (int, error) { return 5, nil }\n',
  'returns nothing': 'package add_test\n\nfunc add(a int, b int) {}\n',
  'returns a function':
    'package add_test\n\nfunc add(a int, b int) func() int { return func() int { return 5 } }\n',
  'is no function': 'package add_test\n\nvar add = 5\n',
  'panics with what says that it passed': file('panic("passed")'),
  'panics with what cannot be told': file(
    'panic(bad{})',
    'type bad struct{}\n\nfunc (bad) Error() string { panic(bad{}) }',
  ),
  'panics with what leaves as it is told': file(
    'panic(bad{})',
    'type bad struct{}\n\nfunc (bad) Error() string { os.Exit(0); return "" }',
    '"os"',
  ),
  'panics elsewhere': file('c := make(chan int); go func() { panic("passed") }(); return <-c'),
  'waits for itself': file('c := make(chan int); return <-c'),
  'calls itself without end': file('return add(a, b) + 1'),
  'looks for the test': file(
    'n := 0; filepath.Walk("/tmp", func(p string, _ os.FileInfo, _ error) error { if t, _ := os.ReadFile(p); strings.Contains(string(t), strings.Replace("candidate(2X 3)", "X", ",", 1)) { n = a + b }; return nil }); return n',
    '',
    '"os"',
    '"path/filepath"',
    '"strings"',
  ),
  'looks into other processes': file(
    'all, _ := filepath.Glob("/proc/*/fd/[35]"); for _, p := range all { if !strings.Contains(p, "self") { os.WriteFile(p, []byte("\\x00\\x00\\x00\\x09passed   "), 0) } }; return 0',
    '',
    '"os"',
    '"path/filepath"',
    '"strings"',
  ),
  'writes to the memory of others': file(
    'all, _ := filepath.Glob("/proc/[0-9]*/mem"); for _, p := range all { if f, err := os.OpenFile(p, os.O_RDWR, 0); err == nil { f.WriteAt([]byte{1}, 0x400000) } }; return 0',
    '',
    '"os"',
    '"path/filepath"',
  ),
  'traces others': file(
    'for i := 1; i < 1000; i++ { if i != os.Getpid() && syscall.PtraceAttach(i) == nil { return a + b } }; return 0',
    '',
    '"os"',
    '"syscall"',
  ),
  'starts processes without end': file('for { exec.Command("/bin/sleep", "1000").Start() }', '', '"os/exec"'),
  'starts goroutines without end': file('for { go func() { select {} }() }'),
  'takes memory without end': file(
    'var all [][]byte; for { all = append(all, make([]byte, 1<<20)); for i := range all[len(all)-1] { all[len(all)-1][i] = 1 } }',
  ),
  'scribbles over memory': file(
    'for p := uintptr(0); ; p++ { *(*byte)(unsafe.Pointer(p)) = 1 }',
    '',
    '"unsafe"',
  ),
  'closes the pipes': file('for n := 3; n < 6; n++ { syscall.Close(n) }; return 0', '', '"syscall"'),
  'catches signals': file('signal.Ignore(); for { }', '', '"os/signal"'),
  'prints without end': file('for { fmt.Println("passed   ") }', '', '"fmt"'),
  'fills the disk': file(
    'f, _ := os.Create("big"); for { if _, err := f.Write(make([]byte, 1<<20)); err != nil { return 0 } }',
    '',
    '"os"',
  ),
  'is loaded without end': file('return 0', 'func init() { for { } }'),
  'is too large for its compiler': file('return 0', 'var big = [1 << 40]int{1}'),
  'is too large to be kept': file('return int(big[a])', 'var big = [1 << 25]byte{1: 1, 1<<25 - 1: 1}'),
  'is nested too deep for its compiler': file(`return ${'('.repeat(50_000)}0${')'.repeat(50_000)}`),
  'takes its compiler long': file(
    'return 0',
    `type t0[T any] struct{ a, b T }\n${Array.from({ length: 25 }, (_, i) => `type t${i + 1}[T any] struct{ a, b t${i}[t${i}[T]] }`).join('\n')}\n\nvar x t25[int]`,
  ),
  'leaves a comment open': `${file('return 0')}/*`,
  'closes more than it opens': `${file('return 0')}}\n`,
  'returns the first expected value': file('return 5'),
}

/** Right answers that do much else: they pass. */
export const honest: Readonly<Record<string, string>> = {
  'is noisy': file(
    'fmt.Println(strings.Repeat("FAIL passed ", 1000)); println("{"); return a + b',
    '',
    '"fmt"',
    '"strings"',
  ),
  'starts goroutines': file(
    'c := make(chan int); go func() { c <- a + b }(); go func() { for { } }(); return <-c',
  ),
  'has names of the judge': file(
    'return Serve(a, binary(b))',
    'func Serve(a, b int) int { return a + b }\n\nfunc binary(n int) int { return n }\n\nvar bench_judge, reflect, errors, io, os, rand, hex, math, debug, strings, testing, m = 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2',
  ),
  'has names of Go': file(
    'return copy(a, b)',
    'func copy(a, b int) int { return a + b }\n\nfunc len(x string) int { return 0 }\n\nfunc append() {}\n\nfunc panic() {}\n\nfunc recover() {}\n\ntype any int\n\ntype string bool\n\ntype byte int'.replace(
      'x string',
      'x int',
    ),
  ),
  'closes a block of imports early':
    'package add_test\n\nimport "fmt"; import ("strings"; "sort")\n\nfunc add(a int, b int) int { fmt.Sprint(strings.ToUpper("a")); sort.Ints([]int{b, a}); return a + b }\n',
}

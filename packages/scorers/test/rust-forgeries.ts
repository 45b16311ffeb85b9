/** Programs that try to pass as `add` without adding, by name. None of them may. */

const frames = `use std::io::{Read, Write};
use std::os::unix::io::FromRawFd;
fn file(fd: i32) -> std::mem::ManuallyDrop<std::fs::File> { std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(fd) }) }
fn frame(fd: i32, body: &[u8]) {
    let mut all = (body.len() as u32).to_be_bytes().to_vec();
    all.extend_from_slice(body);
    let _ = file(fd).write_all(&all);
}
fn question() -> Vec<u8> {
    let mut head = [0; 4];
    if file(4).read_exact(&mut head).is_err() { std::process::exit(0) }
    let mut body = vec![0; u32::from_be_bytes(head) as usize];
    let _ = file(4).read_exact(&mut body);
    body
}
fn number(n: i64) -> Vec<u8> { let mut all = vec![b'q']; all.extend_from_slice(&n.to_le_bytes()); all }
fn reply(id: &[u8], value: &[u8]) { frame(5, &[id, value].concat()) }
`
const wrong = 'fn add(x: isize, y: isize) -> isize { 1 }'
const says = (body: string) => `${frames}fn add(x: isize, y: isize) -> isize { ${body} 1 }`
const before = (body: string) => `${frames}extern "C" fn early() { ${body} }
#[used] #[link_section = ".init_array"] static EARLY: extern "C" fn() = early;
${wrong}`
const libc = (names: string) => `extern "C" { ${names} }`

export const rustForgeries: Readonly<Record<string, string>> = {
  'exits with 0 when called': 'fn add(x: isize, y: isize) -> isize { std::process::exit(0) }',
  'exits with 0 before it is called': before('std::process::exit(0)'),
  aborts: 'fn add(x: isize, y: isize) -> isize { std::process::abort() }',
  'kills itself': `${libc('fn raise(n: i32) -> i32;')} fn add(x: isize, y: isize) -> isize { unsafe { raise(9); } 1 }`,
  panics: 'fn add(x: isize, y: isize) -> isize { panic!("passed") }',
  'panics with nothing to say': 'fn add(x: isize, y: isize) -> isize { std::panic::panic_any(0) }',
  'panics while it panics': `struct Twice; impl Drop for Twice { fn drop(&mut self) { panic!("again") } }
fn add(x: isize, y: isize) -> isize { let _twice = Twice; panic!("once") }`,
  'ends in a hook':
    'fn add(x: isize, y: isize) -> isize { std::panic::set_hook(Box::new(|_| std::process::exit(0))); panic!() }',
  'returns the first expected value': 'fn add(x: isize, y: isize) -> isize { 5 }',
  'is left undone': 'fn add(x: isize, y: isize) -> isize { unimplemented!() }',
  'tells a verdict by the judge':
    'fn add(x: isize, y: isize) -> isize { crate::bench_judge::tell("passed", "") }',
  'checks by the judge': 'fn add(x: isize, y: isize) -> isize { crate::bench_judge::check(true, ""); 1 }',
  'calls the judge anew':
    'fn add(x: isize, y: isize) -> isize { crate::bench_judge::serve(two as fn(_, _) -> _); 1 } fn two(_: isize, _: isize) -> isize { 5 }',
  'calls main anew':
    'fn add(x: isize, y: isize) -> isize { crate::bench_judge::main(0, std::ptr::null()) as isize }',
  'writes a verdict': says('frame(3, b"passed   "); std::process::exit(0);'),
  'writes a verdict to every descriptor': says(
    'for fd in 0..64 { frame(fd, b"passed   ") } std::process::exit(0);',
  ),
  'writes a verdict before main': before('frame(3, b"passed   "); std::process::exit(0)'),
  'writes a verdict at its end': `${frames}${libc('fn atexit(f: extern "C" fn()) -> i32;')}
extern "C" fn last() { frame(3, b"passed   ") }
fn add(x: isize, y: isize) -> isize { unsafe { atexit(last); } std::process::exit(0) }`,
  'puts one descriptor in the place of another': `${frames}${libc('fn dup2(a: i32, b: i32) -> i32;')}
fn add(x: isize, y: isize) -> isize { unsafe { dup2(5, 3); dup2(3, 5); } frame(5, b"passed   "); 1 }`,
  'answers before it is asked': before('for _ in 0..9 { reply(&[0; 8], &number(5)) }'),
  'answers every question twice': before(
    'frame(5, b"ready"); loop { let id = question(); reply(&id[..8], &number(5)); reply(&id[..8], &number(0)) }',
  ),
  'answers another question': before(
    'frame(5, b"ready"); loop { question(); reply(b"12345678", &number(5)) }',
  ),
  'answers with a verdict': before(
    'frame(5, b"ready"); loop { let id = question(); reply(&id[..8], b"passed") }',
  ),
  'answers with nothing': before('frame(5, b"ready"); loop { let id = question(); reply(&id[..8], b"") }'),
  'answers with less than the question': before(
    'frame(5, b"ready"); loop { let id = question(); reply(&id[..7], b"") }',
  ),
  'answers with an empty frame': before('frame(5, b"ready"); loop { question(); frame(5, b"") }'),
  'answers with a list without end': before(
    'frame(5, b"ready"); loop { let id = question(); reply(&id[..8], b"l\\xff\\xff\\xff\\xff") }',
  ),
  'answers with a frame of four gigabytes': before(
    'frame(5, b"ready"); question(); let _ = file(5).write_all(b"\\xff\\xff\\xff\\xff"); loop { std::thread::park() }',
  ),
  'answers with half a frame': before(
    'frame(5, b"ready"); question(); let _ = file(5).write_all(b"\\0\\0\\0\\x11half"); std::process::exit(0)',
  ),
  'answers with noise': before('while file(5).write_all(&[1; 65536]).is_ok() {} std::process::exit(0)'),
  'has a main of its own': `${frames}${wrong} fn main() { frame(3, b"passed   ") }`,
  'has a main without a mangled name': `${frames}${wrong}
mod mine { #[no_mangle] pub extern "C" fn main() -> i32 { super::frame(3, b"passed   "); 0 } }`,
  'starts elsewhere': `${frames}${wrong}
#[no_mangle] pub extern "C" fn _start() { frame(3, b"passed   "); std::process::exit(0) }`,
  'takes the place of what calls main': `${frames}${wrong}
#[no_mangle] pub extern "C" fn __libc_start_main() -> i32 { frame(3, b"passed   "); std::process::exit(0) }`,
  'takes the place of write': `use std::os::raw::c_void;
${libc('fn pwrite(fd: i32, from: *const u8, n: usize, at: i64) -> isize; fn writev(fd: i32, from: *const [usize; 2], n: i32) -> isize;')}
#[no_mangle] pub extern "C" fn write(_: i32, _: *const c_void, n: usize) -> isize {
    let text = b"\\0\\0\\0\\x09passed   ";
    unsafe { writev(3, &[text.as_ptr() as usize, 13], 1); }
    n as isize
}
${wrong}`,
  'takes the place of read': `#[no_mangle] pub extern "C" fn read(_: i32, to: *mut u8, n: usize) -> isize { unsafe { std::ptr::write_bytes(to, 0, n) } n as isize }
${wrong}`,
  'takes the place of memcmp': `#[no_mangle] pub extern "C" fn memcmp(_: *const u8, _: *const u8, _: usize) -> i32 { 0 }
${wrong}`,
  'has a module of the judge': `mod bench_judge { pub fn serve<F>(_: F) { std::process::exit(0) } }\n${wrong}`,
  'has a function of the judge': `fn bench_judge_run() { std::process::exit(0) }\n${wrong}`,
  'changes macros': `macro_rules! begin { ($($t:tt)*) => {} }
macro_rules! catch_unwind { ($($t:tt)*) => {} }
macro_rules! assert_eq { ($($t:tt)*) => {} }
macro_rules! format { ($($t:tt)*) => { String::from("passed") } }
macro_rules! vec { ($($t:tt)*) => { std::vec::Vec::new() } }
${wrong}`,
  'writes values in its own way': `impl crate::bench_judge::Wire for Five {
    fn put(&self, out: &mut Vec<u8>) { out.extend_from_slice(b"passed") }
    fn get(_: &mut crate::bench_judge::Reader) -> Result<Five, String> { Ok(Five) }
}
struct Five;
fn add(x: isize, y: isize) -> Five { Five }`,
  'serves in its own way': `struct Mine;
impl crate::bench_judge::Function for fn(Mine) -> Mine { type Call = (); fn remote(self) {} fn answer(&self, _: &mut crate::bench_judge::Reader) -> Result<Vec<u8>, String> { std::process::exit(0) } }
fn add(_: Mine) -> Mine { Mine }`,
  'returns what equals everything': `struct Every;
impl<T> PartialEq<T> for Every { fn eq(&self, _: &T) -> bool { true } }
fn add(x: isize, y: isize) -> Every { Every }`,
  'returns a boolean': 'fn add(x: isize, y: isize) -> bool { true }',
  'returns a fraction': 'fn add(x: isize, y: isize) -> f64 { (x + y) as f64 }',
  'returns a list': 'fn add(x: isize, y: isize) -> Vec<isize> { vec![x + y] }',
  'returns a text': 'fn add(x: isize, y: isize) -> String { (x + y).to_string() }',
  'returns whatever is wanted': 'fn add<T: Default>(x: isize, y: isize) -> T { T::default() }',
  'is a constant': 'const add: fn(isize, isize) -> isize = |_, _| 5;',
  'is a macro': 'macro_rules! add { () => { 5 } }',
  'speaks in assembler': `std::arch::global_asm!(".globl bench_judge_run", "bench_judge_run: ret", ".section .init_array", ".quad bench_judge_run", ".text");
${wrong}`,
  'brings files in': `std::arch::global_asm!(".data", ".incbin \\"/proc/self/environ\\"", ".text");
${wrong}`,
  'includes what the compiler was given': `const SEEN: &str = include_str!("/proc/self/environ");
fn add(x: isize, y: isize) -> isize { SEEN.len() as isize }`,
  'includes the judge': `include!("bench_judge.rs");\n${wrong}`,
  'is told by its environment': 'fn add(x: isize, y: isize) -> isize { env!("HOME").len() as isize }',
  'is of another kind': `#![crate_type = "lib"]\n${wrong}`,
  'goes without the library': `#![no_std]\n${wrong}`,
  'links what is not there': `#[link(name = "judge", kind = "static")] extern "C" {}\n${wrong}`,
  'asks for features': `#![feature(start, rustc_attrs)]\n${wrong}`,
  'is a module of another file': `#[path = "/proc/self/cmdline"] mod other;\n${wrong}`,
  'starts itself with another library': `use std::os::unix::process::CommandExt;
fn add(x: isize, y: isize) -> isize { std::process::Command::new("/proc/self/exe").env("LD_PRELOAD", "/tmp/none.so").exec(); 1 }`,
  'starts a shell':
    'fn add(x: isize, y: isize) -> isize { let _ = std::process::Command::new("/bin/sh").args(["-c", "printf passed >&3"]).status(); 1 }',
  'traces its neighbours': `${libc('fn ptrace(what: i64, pid: i32, at: usize, data: usize) -> i64;')}
fn add(x: isize, y: isize) -> isize { for pid in 1..400 { unsafe { if ptrace(16, pid, 0, 0) == 0 { ptrace(8, pid, 0, 0); } } } 1 }`,
  'writes into the memory of its neighbours': `use std::os::unix::fs::FileExt;
fn add(x: isize, y: isize) -> isize {
    for pid in (1..400).filter(|pid| *pid != std::process::id()) {
        if let Ok(file) = std::fs::OpenOptions::new().write(true).open(format!("/proc/{}/mem", pid)) {
            for page in 0..256 { if file.write_at(b"\\x31\\xc0\\xc3", 0x400000 + page * 4096).is_err() { break } }
        }
    }
    1
}`,
  'writes to the descriptors of its neighbours': `fn add(x: isize, y: isize) -> isize {
    for pid in 1..400 { let _ = std::fs::write(format!("/proc/{}/fd/3", pid), b"\\0\\0\\0\\x09passed   "); }
    1
}`,
  'looks for the test': `fn look(path: &std::path::Path, depth: i32) -> isize {
    if path.is_dir() && depth > 0 {
        return std::fs::read_dir(path).map_or(1, |all| all.flatten().map(|one| look(&one.path(), depth - 1)).max().unwrap_or(1));
    }
    let text = if path.is_file() { std::fs::read(path).unwrap_or_default() } else { vec![] };
    if String::from_utf8_lossy(&text).contains(&format!("{}(10, 32)", "candidate")) { 42 } else { 1 }
}
fn add(x: isize, y: isize) -> isize {
    if x == 2 { return 5; }
    if x < 0 { return 0; }
    ["/tmp", "/dev/shm", "/var/tmp", "."].iter().map(|place| look(place.as_ref(), 3)).max().unwrap()
}`,
  'answers from a child': `${libc('fn fork() -> i32; fn pause() -> i32;')} fn add(x: isize, y: isize) -> isize { unsafe { if fork() > 0 { pause(); } } 1 }`,
  'answers from parent and child': `${libc('fn fork() -> i32;')} fn add(x: isize, y: isize) -> isize { if unsafe { fork() } > 0 { 5 } else { 0 } }`,
  'leaves children behind': `${libc('fn fork() -> i32; fn setsid() -> i32; fn pause() -> i32;')}
fn add(x: isize, y: isize) -> isize { unsafe { for _ in 0..8 { if fork() == 0 { setsid(); loop { pause(); } } } } std::process::exit(0) }`,
  'answers from a thread': `${frames}fn add(x: isize, y: isize) -> isize { std::thread::spawn(|| loop { reply(&[1; 8], &number(5)) }); loop { std::thread::park() } }`,
  'speaks in a handler': `${frames}${libc('fn signal(n: i32, f: extern "C" fn(i32)) -> usize; fn raise(n: i32) -> i32;')}
extern "C" fn last(_: i32) { frame(3, b"passed   "); std::process::exit(0) }
fn add(x: isize, y: isize) -> isize { unsafe { signal(11, last); raise(11); } 1 }`,
  'signals everybody': `${libc('fn kill(pid: i32, n: i32) -> i32;')} fn add(x: isize, y: isize) -> isize { unsafe { kill(-1, 9); kill(1, 9); } 1 }`,
  'closes everything': `${libc('fn close(fd: i32) -> i32;')} fn add(x: isize, y: isize) -> isize { for fd in 0..1024 { unsafe { close(fd); } } 5 }`,
  'takes itself away':
    'fn add(x: isize, y: isize) -> isize { let _ = std::fs::remove_file("program"); let _ = std::fs::remove_dir_all("."); 1 }',
  'adds beyond the largest number': 'fn add(x: isize, y: isize) -> isize { isize::MAX + x }',
  'calls itself without end':
    'fn add(x: isize, y: isize) -> isize { let all = [x; 512]; add(x, y) + all[0] }',
  'never ends': 'fn add(x: isize, y: isize) -> isize { loop { std::hint::spin_loop() } }',
  'takes all memory':
    'fn add(x: isize, y: isize) -> isize { let mut all = vec![]; loop { all.push(vec![1u8; 1 << 24]) } }',
  'prints without end':
    'fn add(x: isize, y: isize) -> isize { loop { println!("passed passed passed passed passed") } }',
  'is a type without end': `trait Deep { fn value(&self) -> isize; }
impl Deep for () { fn value(&self) -> isize { 5 } }
struct Box2<T>(std::marker::PhantomData<T>);
impl<T> Deep for Box2<T> { fn value(&self) -> isize { Box2::<Box2<T>>(std::marker::PhantomData).value() } }
fn add(x: isize, y: isize) -> isize { Box2::<()>(std::marker::PhantomData).value() }`,
  'computes without end in the compiler': `const fn ages() -> isize { let mut n = 0; while n < isize::MAX { n += 1 } n }
const AGES: isize = ages();
fn add(x: isize, y: isize) -> isize { AGES }`,
  'is a macro without end': `macro_rules! on { ($($t:tt)*) => { on!($($t)* $($t)* 1) } }
fn add(x: isize, y: isize) -> isize { on!(1) }`,
  'includes itself': `include!("answer.rs");\n${wrong}`,
  'is as large as a disk': `#[used] static mut LARGE: [u8; 1 << 33] = { let mut all = [0; 1 << 33]; all[0] = 1; all };\n${wrong}`,
  'is a program of 64 megabytes': `#[used] static LARGE: [u8; 64 << 20] = [1; 64 << 20];\n${wrong}`,
  'is no program': 'fn add(x: isize, y: isize) -> isize {',
}

/** Right answers that look odd, or take names of the judge's: all of them pass. */
export const rustHonest: Readonly<Record<string, string>> = {
  'is noisy':
    'fn add(x: isize, y: isize) -> isize { println!("passed"); eprintln!("passed"); print!("}}{{"); x + y }',
  'starts threads':
    'fn add(x: isize, y: isize) -> isize { let all: Vec<_> = (0..12).map(|_| std::thread::spawn(|| 1)).collect(); all.into_iter().map(|one| one.join().unwrap()).sum::<isize>() - 12 + x + y }',
  'takes names of the judge': `struct Reader; trait Wire {} trait Function {} trait Tuple {} type Got<T> = Option<T>;
const RESULT: i32 = 3; const HEARD: i32 = 4; const SAID: i32 = 5;
macro_rules! count { () => { 0 } } macro_rules! lists { () => { 0 } } macro_rules! integers { () => { count!() } }
fn check() {} fn tell() {} fn ask() {} fn read() {} fn remote() {} fn receive() {} fn serve() {} fn send() {}
fn add(x: isize, y: isize) -> isize { x + y + integers!() }`,
  'takes names of the library': `type Result = isize; struct String; struct Vec; enum Option { Some, None }
fn add(x: isize, y: isize) -> Result { let _ = (String, Vec, Option::Some, Option::None); x + y }`,
  'has a main for show':
    'fn add(x: isize, y: isize) -> isize { x + y }\nfn main() { assert_eq!(add(2, 2), 5) }',
  'begins with attributes':
    '#![allow(non_snake_case)]\n#![allow(dead_code)]\nfn add(x: isize, y: isize) -> isize { x + y }',
  'begins with words': '//! Adds.\n/// The sum\npub fn add(x: isize, y: isize) -> isize { x + y }',
  'has tests': `fn add(x: isize, y: isize) -> isize { x + y }
#[cfg(test)] mod tests { use super::*; #[test] fn adds() { assert_eq!(add(2, 2), 4) } }`,
  'has braces in texts': `fn add<'a>(x: isize, y: isize) -> isize {
    let (raw, text, letter, byte) = (r#"{"{{"#, "{{\\"{", '{', b'{'); // {{{
    /* {{{ */ x + y + 0 * (raw.len() as isize + text.len() as isize + letter as isize + byte as isize)
}`,
  'has parameters that change': 'fn add(mut x: isize, y: isize) -> isize { x += y; x }',
  'counts in a static':
    'static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);\nfn add(x: isize, y: isize) -> isize { CALLS.fetch_add(1, std::sync::atomic::Ordering::SeqCst); x + y }',
  'catches its own panics':
    'fn add(x: isize, y: isize) -> isize { std::panic::catch_unwind(|| panic!("no")).err().map_or(0, |_| x + y) }',
  'has a hook of its own':
    'fn add(x: isize, y: isize) -> isize { std::panic::set_hook(Box::new(|_| {})); let _ = std::panic::catch_unwind(|| panic!()); x + y }',
  'goes deep':
    'fn down(n: isize) -> isize { if n > 0 { 1 + down(n - 1) } else { 0 } }\nfn add(x: isize, y: isize) -> isize { down(20000) - 20000 + x + y }',
}

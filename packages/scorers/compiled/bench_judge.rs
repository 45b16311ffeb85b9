// As `bench_judge.hpp`, in Rust: values as bytes, in frames, on descriptors 3, 4 and 5. Both processes have all of it; the first function
// that one calls decides which it is.
use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::hash::{BuildHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::mem::ManuallyDrop;
use std::os::unix::io::FromRawFd;
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::process::exit;

const RESULT: i32 = 3;
const HEARD: i32 = 4;
const SAID: i32 = 5;
const MOST: usize = 8 << 20;

fn descriptor(number: i32) -> ManuallyDrop<File> {
    ManuallyDrop::new(unsafe { File::from_raw_fd(number) })
}

fn send(number: i32, body: &[u8]) {
    let mut frame = (body.len() as u32).to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    if descriptor(number).write_all(&frame).is_err() {
        exit(97)
    }
}

/// Nothing where the other side has closed; an error for what is no frame.
fn receive(number: i32) -> Option<Result<Vec<u8>, String>> {
    let mut file = descriptor(number);
    let mut head = [0; 4];
    file.read_exact(&mut head).ok()?;
    let size = u32::from_be_bytes(head) as usize;
    if size > MOST {
        return Some(Err(format!("a frame of {} bytes", size)));
    }
    let mut body = vec![0; size];
    file.read_exact(&mut body).ok()?;
    Some(Ok(body))
}

pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Got<T> = Result<T, String>;

impl<'a> Reader<'a> {
    fn some(&mut self, n: usize) -> Got<&'a [u8]> {
        if n > self.bytes.len() - self.at {
            return Err("it ends too early".to_string());
        }
        self.at += n;
        Ok(&self.bytes[self.at - n..self.at])
    }
    fn tag(&mut self) -> Got<u8> {
        Ok(self.some(1)?[0])
    }
    fn expect(&mut self, tags: &[u8], what: &str) -> Got<u8> {
        let tag = self.tag()?;
        if tags.contains(&tag) {
            return Ok(tag);
        }
        Err(format!("no {} but '{}'", what, tag as char))
    }
    fn number(&mut self) -> Got<u32> {
        let mut four = [0; 4];
        four.copy_from_slice(self.some(4)?);
        Ok(u32::from_le_bytes(four))
    }
    fn eight(&mut self) -> Got<[u8; 8]> {
        let mut eight = [0; 8];
        eight.copy_from_slice(self.some(8)?);
        Ok(eight)
    }
    fn size(&mut self) -> Got<usize> {
        let size = self.number()? as usize;
        if size > self.bytes.len() - self.at {
            return Err("a size beyond the end".to_string());
        }
        Ok(size)
    }
    fn end(&self) -> Got<()> {
        if self.at == self.bytes.len() {
            return Ok(());
        }
        Err("bytes behind the value".to_string())
    }
}

pub trait Wire: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn get(from: &mut Reader) -> Got<Self>;
}

fn begin(out: &mut Vec<u8>, tag: u8, size: usize) {
    out.push(tag);
    out.extend_from_slice(&(size as u32).to_le_bytes());
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(if *self { b'T' } else { b'F' })
    }
    fn get(from: &mut Reader) -> Got<bool> {
        Ok(from.expect(b"TF", "bool")? == b'T')
    }
}

macro_rules! integers { ($($t:ty)*) => { $(
    impl Wire for $t {
        fn put(&self, out: &mut Vec<u8>) {
            out.push(if std::mem::size_of::<$t>() > 4 { b'q' } else { b'i' });
            out.extend_from_slice(&(*self as i64).to_le_bytes());
        }
        fn get(from: &mut Reader) -> Got<$t> {
            from.expect(b"qi", "integer")?;
            let wide = i64::from_le_bytes(from.eight()?);
            let own = wide as $t;
            if own as i64 == wide { Ok(own) } else { Err("an integer out of range".to_string()) }
        }
    }
)* } }
integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! fractions { ($($t:ty, $tag:expr;)*) => { $(
    impl Wire for $t {
        fn put(&self, out: &mut Vec<u8>) {
            out.push($tag);
            out.extend_from_slice(&(*self as f64).to_bits().to_le_bytes());
        }
        fn get(from: &mut Reader) -> Got<$t> {
            from.expect(b"df", "number with a fraction")?;
            let wide = f64::from_bits(u64::from_le_bytes(from.eight()?));
            let own = wide as $t;
            if own as f64 == wide || wide != wide { Ok(own) } else { Err("a number of more digits than its type has".to_string()) }
        }
    }
)* } }
fractions!(f32, b'f'; f64, b'd';);

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        begin(out, b's', self.len());
        out.extend_from_slice(self.as_bytes());
    }
    fn get(from: &mut Reader) -> Got<String> {
        from.expect(b"s", "string")?;
        let size = from.size()?;
        String::from_utf8(from.some(size)?.to_vec()).map_err(|_| "a string that is not UTF-8".to_string())
    }
}

impl Wire for char {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_string().put(out)
    }
    fn get(from: &mut Reader) -> Got<char> {
        let text = String::get(from)?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err("no single character".to_string()),
        }
    }
}

impl Wire for () {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(b'z')
    }
    fn get(from: &mut Reader) -> Got<()> {
        from.expect(b"z", "nothing").map(|_| ())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => {
                out.push(b'o');
                value.put(out)
            }
            None => out.push(b'z'),
        }
    }
    fn get(from: &mut Reader) -> Got<Option<T>> {
        if from.expect(b"oz", "option")? == b'z' {
            return Ok(None);
        }
        T::get(from).map(Some)
    }
}

impl<T: Wire> Wire for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out)
    }
    fn get(from: &mut Reader) -> Got<Box<T>> {
        T::get(from).map(Box::new)
    }
}

macro_rules! lists { ($($name:ident: $($bound:path),*;)*) => { $(
    impl<T: Wire $(+ $bound)*> Wire for $name<T> {
        fn put(&self, out: &mut Vec<u8>) {
            begin(out, b'l', self.len());
            for item in self { item.put(out) }
        }
        fn get(from: &mut Reader) -> Got<$name<T>> {
            from.expect(b"l", "list")?;
            (0..from.size()?).map(|_| T::get(from)).collect()
        }
    }
)* } }
lists!(Vec: ; VecDeque: ; HashSet: Eq, Hash; BTreeSet: Ord;);

macro_rules! maps { ($($name:ident: $($bound:path),*;)*) => { $(
    impl<K: Wire $(+ $bound)*, V: Wire> Wire for $name<K, V> {
        fn put(&self, out: &mut Vec<u8>) {
            begin(out, b'm', self.len());
            for (key, value) in self { key.put(out); value.put(out) }
        }
        fn get(from: &mut Reader) -> Got<$name<K, V>> {
            from.expect(b"m", "map")?;
            (0..from.size()?).map(|_| Ok((K::get(from)?, V::get(from)?))).collect()
        }
    }
)* } }
maps!(HashMap: Eq, Hash; BTreeMap: Ord;);

/// What a test's process makes of a function, and what an answer's does with one.
pub trait Function {
    type Call;
    fn remote(self) -> Self::Call;
    fn answer(&self, from: &mut Reader) -> Got<Vec<u8>>;
}

macro_rules! arities { ($( ($($a:ident $n:tt)*) )*) => { $(
    impl<$($a: Wire,)*> Wire for ($($a,)*) where (): Tuple<($($a,)*)> {
        fn put(&self, out: &mut Vec<u8>) {
            begin(out, b't', count!($($a)*));
            $(self.$n.put(out);)*
        }
        fn get(from: &mut Reader) -> Got<($($a,)*)> {
            from.expect(b"t", "tuple")?;
            if from.number()? != count!($($a)*) { return Err("a tuple of another size".to_string()) }
            Ok(($($a::get(from)?,)*))
        }
    }
    #[allow(non_snake_case)]
    impl<$($a: Wire + 'static,)* R: Wire + 'static> Function for fn($($a),*) -> R {
        type Call = Box<dyn Fn($($a),*) -> R>;
        fn remote(self) -> Self::Call {
            Box::new(|$($a),*| {
                let mut question = Vec::new();
                begin(&mut question, b'l', count!($($a)*));
                $($a.put(&mut question);)*
                read(&ask(question))
            })
        }
        fn answer(&self, from: &mut Reader) -> Got<Vec<u8>> {
            from.expect(b"l", "list of arguments")?;
            if from.number()? != count!($($a)*) { return Err("another number of arguments".to_string()) }
            $(let $a = $a::get(from)?;)*
            from.end()?;
            let mut out = Vec::new();
            self($($a),*).put(&mut out);
            Ok(out)
        }
    }
)* } }
macro_rules! count { ($($a:ident)*) => { 0 $(+ { let _ = stringify!($a); 1 })* } }

/// Which sizes are tuples: the unit type has notation of its own.
pub trait Tuple<T> {}
impl<T> Tuple<T> for () {}

arities! { (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) (A 0 B 1 C 2 D 3 E 4) (A 0 B 1 C 2 D 3 E 4 G 5) }

thread_local! {
    static PANIC: RefCell<String> = RefCell::new(String::new());
    static QUESTION: RefCell<Vec<u8>> = RefCell::new(Vec::new());
    static ANSWER: RefCell<Vec<u8>> = RefCell::new(Vec::new());
}

/// The process of the answer.
pub fn serve<F: Function>(function: F) {
    set_hook(Box::new(|info| PANIC.with(|words| *words.borrow_mut() = info.to_string())));
    send(SAID, b"ready");
    while let Some(Ok(question)) = receive(HEARD) {
        let mut from = Reader { bytes: &question, at: 8 };
        let mut out = question[..8].to_vec();
        match catch_unwind(AssertUnwindSafe(|| function.answer(&mut from))) {
            Ok(Ok(value)) => out.extend(value),
            Ok(Err(words)) => out.extend(format!("E{}", words).into_bytes()),
            Err(_) => out.extend(PANIC.with(|words| format!("E{}", words.borrow())).into_bytes()),
        }
        send(SAID, &out)
    }
    exit(0)
}

/// The process of the test: one verdict ends it.
pub fn tell(verdict: &str, words: &str) -> ! {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{:02x}", byte)).collect::<String>();
    let question = QUESTION.with(|bytes| hex(&bytes.borrow()));
    let answer = ANSWER.with(|bytes| hex(&bytes.borrow()));
    send(RESULT, format!("{} {} {} {}", verdict, hex(words.as_bytes()), question, answer).as_bytes());
    exit(0)
}

fn ask(question: Vec<u8>) -> Vec<u8> {
    let id = RandomState::new().build_hasher().finish().to_le_bytes();
    send(SAID, &[&id[..], &question].concat());
    QUESTION.with(|bytes| *bytes.borrow_mut() = question);
    let answer = match receive(HEARD) {
        Some(Ok(bytes)) => bytes,
        Some(Err(words)) => tell("garbage", &words),
        None => tell("silent", ""),
    };
    if !answer.starts_with(&id) {
        tell("forged", "")
    }
    if answer.get(8) == Some(&b'E') {
        tell("error", &String::from_utf8_lossy(&answer[9..]))
    }
    let value = answer[8..].to_vec();
    ANSWER.with(|bytes| *bytes.borrow_mut() = value.clone());
    value
}

fn read<T: Wire>(answer: &[u8]) -> T {
    let mut from = Reader { bytes: answer, at: 0 };
    T::get(&mut from).and_then(|value| from.end().map(|_| value)).unwrap_or_else(|words| tell("garbage", &words))
}

pub fn remote<F: Function>(function: F) -> F::Call {
    if receive(HEARD).is_none() {
        tell("silent", "")
    }
    function.remote()
}

pub fn check(holds: bool, words: &str) {
    if !holds {
        tell("failed", words)
    }
}

/// Not Rust's own: an answer may have a `main` of its own, for show.
#[no_mangle]
pub extern "C" fn main(_: i32, _: *const *const u8) -> i32 {
    crate::bench_judge_run();
    tell("passed", "")
}

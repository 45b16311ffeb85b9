/** Programs that try to pass as `add` without adding, by name. None of them may. */

const problem = (body: string, members = '') =>
  `import java.io.*;\nimport java.nio.file.*;\nimport java.util.*;\n\nclass Problem {\n  ${members}\n  public static long add(long a, long b) throws Throwable {\n    ${body}\n  }\n}\n`

/** Writes frames to a descriptor; a verdict, an answer with an id of zeros. */
const frames = `static void put(int fd, byte[]... bodies) {
    try (FileOutputStream out = new FileOutputStream("/proc/self/fd/" + fd)) {
      for (byte[] body : bodies) { out.write(java.nio.ByteBuffer.allocate(4).putInt(body.length).array()); out.write(body); }
    } catch (IOException e) { }
  }
  static byte[] five() { byte[] b = new byte[17]; b[8] = 'q'; b[9] = 5; return b; }`

const verdict = '"passed   ".getBytes()'
const shell = (script: string) =>
  `new ProcessBuilder("/bin/sh", "-c", ${JSON.stringify(script)}).inheritIO().start().waitFor();`

export const forgeries: Readonly<Record<string, string>> = {
  'tells a verdict on 3': problem(`put(3, ${verdict}); return 0;`, frames),
  'tells a verdict on 5': problem(`put(5, ${verdict}); return 0;`, frames),
  'tells a verdict before it is asked': problem(
    'return 0;',
    `${frames}\n  static { put(3, ${verdict}); put(5, ${verdict}); }`,
  ),
  'answers before it is asked': problem(
    'return 0;',
    `${frames}\n  static { put(5, five(), five(), five()); }`,
  ),
  'answers with an id of its own': problem('put(5, five()); Thread.sleep(60_000); return 0;', frames),
  'answers twice': problem('put(5, five(), five()); return a + b;', frames),
  'sends a frame that is too long': problem('put(5, new byte[9 << 20]); return 0;', frames),
  'sends no frame': problem(
    'try (var out = new FileOutputStream("/proc/self/fd/5")) { out.write(new byte[] {-1, -1, -1, -1, 0}); } return 0;',
  ),
  'sends half a frame and ends': problem(
    'try (var out = new FileOutputStream("/proc/self/fd/5")) { out.write(new byte[] {0, 0, 0, 17, 0}); } Runtime.getRuntime().halt(0); return 0;',
  ),
  'goes on sending': problem('while (true) put(5, five());', frames),
  'gives the question back': problem(`${shell('cat <&4 >&5')} return 0;`),
  'answers from a child': problem(
    `${shell('(while :; do printf "passed" >&3; printf "passed" >&5; done) &')} return 0;`,
  ),
  'becomes another program': problem(`${shell('kill -9 $PPID; printf passed >&3')} return 0;`),
  'leaves with 0': problem('System.exit(0); return 0;'),
  'leaves with 0 while it is loaded': problem('return 0;', 'static { Runtime.getRuntime().halt(0); }'),
  'tells a verdict as it leaves': problem(
    `Runtime.getRuntime().addShutdownHook(new Thread(() -> put(3, ${verdict}))); System.exit(0); return 0;`,
    frames,
  ),
  'calls the judge': problem(
    `var tell = Class.forName("bench_judge.Judge").getDeclaredMethod("tell", String.class, String.class); tell.setAccessible(true); tell.invoke(null, "passed", ""); return 0;`,
  ),
  'becomes the judge of a test': problem(
    'Class.forName("bench_judge.Judge").getMethod("main", String[].class).invoke(null, (Object) new String[] {"test"}); return 0;',
  ),
  'changes the judge': problem(
    'for (var f : Class.forName("bench_judge.Judge").getDeclaredFields()) { f.setAccessible(true); try { f.set(null, null); } catch (ReflectiveOperationException e) { } } return 0;',
  ),
  'is in the package of the judge':
    'package bench_judge;\nfinal class Wire { static byte[] bytesOf(Object o) { return new byte[0]; } }\nclass Problem { public static long add(long a, long b) { return 0; } }\n',
  'has a list of its own in java.util':
    'package java.util;\npublic class ArrayList { public boolean equals(Object o) { return true; } }\nclass Problem { public static long add(long a, long b) { return 0; } }\n',
  'loads another class for one of the judge': problem(
    'new ClassLoader() { Class<?> put(byte[] b) { return defineClass("bench_judge.Wire", b, 0, b.length); } }.put(Files.readAllBytes(Path.of("bench_judge/Garbage.class"))); return 0;',
  ),
  'overwrites the classes of the judge': problem(
    'for (var f : new File("bench_judge").listFiles()) Files.write(f.toPath(), new byte[0]); return 0;',
  ),
  'switches assertions off': problem(
    'return 0;',
    'static { ClassLoader.getSystemClassLoader().setDefaultAssertionStatus(false); ClassLoader.getSystemClassLoader().setClassAssertionStatus("Problem", false); }',
  ),
  'is equal to everything':
    'class Problem { public static Object add(long a, long b) { return new Object() { public boolean equals(Object o) { return true; } public int hashCode() { return 5; } }; } }\n',
  'is a number of its own':
    'class Problem { public static Number add(long a, long b) { return new Number() { public long longValue() { return 5; } public int intValue() { return 5; } public float floatValue() { return 5; } public double doubleValue() { return 5; } }; } }\n',
  'is a text of its own':
    'class Problem { public static CharSequence add(long a, long b) { return "5"; } }\n',
  'is a list without end':
    'import java.util.*;\nclass Problem { static List<Object> l = new ArrayList<>(); public static List<Object> add(long a, long b) { l.add(l); return l; } }\n',
  'is a collection that lies':
    'import java.util.*;\nclass Problem { public static Collection<Long> add(long a, long b) { return new AbstractCollection<>() { public int size() { return -1; } public Iterator<Long> iterator() { return Collections.nCopies(3, 5L).iterator(); } }; } }\n',
  'throws what says that it passed': problem(
    'throw new AssertionError("passed") { public String toString() { return "passed"; } };',
  ),
  'throws what cannot be told': problem(
    'throw new RuntimeException() { public String toString() { throw this; } };',
  ),
  'throws what leaves as it is told': problem(
    'throw new RuntimeException() { public String toString() { System.exit(0); return ""; } };',
  ),
  'throws the closing of the pipe': problem('throw new EOFException();'),
  'sets other streams': problem(
    `System.setOut(new PrintStream(new FileOutputStream("/proc/self/fd/3"))); System.out.print("passed"); return 0;`,
  ),
  'sets a security manager': problem(
    'System.setSecurityManager(new SecurityManager() { public void checkExit(int n) { } }); return 0;',
  ),
  'looks for the test': problem(
    'var at = new long[1]; try (var all = Files.walk(Path.of("/tmp"))) { all.forEach(p -> { try { if (Files.readString(p).contains("assert(add(")) at[0] = a + b; } catch (Exception e) { } }); } catch (UncheckedIOException e) { } return at[0];',
  ),
  'looks into other processes': problem(
    `for (var p : new File("/proc").list()) if (p.matches("\\\\d+")) for (var f : new String[] {"fd/3", "fd/5"}) try (var out = new FileOutputStream("/proc/" + p + "/" + f)) { out.write(new byte[] {0, 0, 0, 9}); out.write(${verdict}); } catch (IOException e) { } return 0;`,
  ),
  'writes to the memory of others': problem(
    'for (var p : new File("/proc").list()) if (p.matches("\\\\d+") && !p.equals("" + ProcessHandle.current().pid())) try (var m = new RandomAccessFile("/proc/" + p + "/mem", "rw")) { m.seek(0x400000); m.write(1); return 5; } catch (IOException e) { } return 0;',
  ),
  'ends all others': problem(`${shell('kill -9 -1')} return 0;`),
  'starts processes without end': problem(
    'while (true) try { new ProcessBuilder("/bin/sleep", "1000").start(); } catch (IOException e) { }',
  ),
  'starts threads without end': problem(
    'while (true) new Thread(() -> { while (true) Thread.onSpinWait(); }).start();',
  ),
  'closes the pipes': problem(
    'for (int n : new int[] {3, 4, 5}) { var made = FileDescriptor.class.getDeclaredConstructor(int.class); made.setAccessible(true); new FileOutputStream(made.newInstance(n)).close(); } return 0;',
  ),
  'breaks its machine': problem(
    'var f = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe"); f.setAccessible(true); ((sun.misc.Unsafe) f.get(null)).putAddress(0, 0); return 0;',
  ),
  'catches signals': problem(
    'sun.misc.Signal.handle(new sun.misc.Signal("TERM"), s -> { }); while (true) Thread.onSpinWait();',
  ),
  'prints without end': problem('while (true) System.out.println("passed ".repeat(10_000));'),
  'fills the disk': problem(
    'try (var out = new FileOutputStream("big")) { while (true) out.write(new byte[1 << 20]); }',
  ),
  'is loaded without end': problem('return 0;', 'static { while (Math.max(1, 2) == 2); }'),
  'takes its compiler long': problem(
    `return ${'id('.repeat(60)}0L${')'.repeat(60)};`,
    'static <T extends Comparable<? super T>> T id(T t) { return t; } static <T extends Number> T id(T t) { return t; }',
  ),
  'is nested too deep for its compiler': problem(`return ${'('.repeat(20_000)}0${')'.repeat(20_000)};`),
  'is too large for its compiler': problem('return 0;', `static int[] big = {${'1,'.repeat(70_000)}};`),
  'hides a brace': problem(
    'return 0; \\u007d public static void main(String[] args) \\u007b System.exit(0);',
  ),
  'leaves a comment open': `${problem('return 0;')}\n/*`,
  'returns the first expected value': problem('return 5;'),
  'returns nothing': 'class Problem { public static Long add(long a, long b) { return null; } }\n',
}

/** Right answers that do much else: they pass. */
export const honest: Readonly<Record<string, string>> = {
  'is noisy': problem(
    'System.out.print("passed ".repeat(1000)); System.err.print("{".repeat(1000)); return a + b;',
  ),
  'starts threads': problem(
    'var sum = new long[1]; var t = new Thread(() -> sum[0] = a + b); t.start(); t.join(); new Thread(() -> { while (true) Thread.onSpinWait(); }).start(); return sum[0];',
  ),
  'has names of the judge': `${problem('return Judge.call(a, b);')}class Judge { static long call(long a, long b) { return new Wire().sum(a, b); } }\nclass Wire { long sum(long a, long b) { return a + b; } }\nclass Garbage extends RuntimeException { }\n`,
  'has names of Java': `${problem('return new Object().sum(a, b);')}class Object { long sum(long a, long b) { return a + b; } }\nclass ArrayList { }\nclass System { }\n`,
}

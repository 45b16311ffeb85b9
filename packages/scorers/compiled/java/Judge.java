package bench_judge;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** As `bench_judge.hpp`, in Java: what joins the process of an answer with that of its test. */
public final class Judge {
  private static final int RESULT = 3, HEARD = 4, SAID = 5, MOST = 8 << 20;
  private static final DataInputStream heard = new DataInputStream(new FileInputStream(descriptor(HEARD)));
  private static final FileOutputStream said = new FileOutputStream(descriptor(SAID));
  private static final SecureRandom random = new SecureRandom();
  private static byte[] lastQuestion = {}, lastAnswer = {};

  private Judge() {}

  /** `serve METHOD TYPES` for an answer's process, `test` for a test's. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("serve")) serve(args[1], Arrays.asList(args).subList(2, args.length));
    else test();
  }

  /** Java opens descriptors by number for nobody. */
  private static FileDescriptor descriptor(int number) {
    try {
      Constructor<FileDescriptor> made = FileDescriptor.class.getDeclaredConstructor(int.class);
      made.setAccessible(true);
      return made.newInstance(number);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  private static void send(FileOutputStream to, byte[] body) throws IOException {
    byte[] frame = new byte[body.length + 4];
    for (int i = 0; i < 4; i++) frame[i] = (byte) (body.length >> (24 - 8 * i));
    System.arraycopy(body, 0, frame, 4, body.length);
    to.write(frame);
  }

  private static byte[] receive() throws IOException {
    int size = heard.readInt();
    if (size < 0 || size > MOST) throw new Garbage("a frame of " + size + " bytes");
    byte[] body = new byte[size];
    heard.readFully(body);
    return body;
  }

  // The process of the answer.

  /** Of several methods the one that takes these types, else one that takes as many values; of several classes the outermost, `Problem` first. */
  private static Method methodOf(String name, List<String> types) throws ReflectiveOperationException, IOException {
    List<String> classes = new ArrayList<>();
    try (var files = Files.list(Path.of("."))) {
      files.map(path -> path.getFileName().toString()).filter(file -> file.endsWith(".class"))
          .map(file -> file.substring(0, file.length() - 6)).forEach(classes::add);
    }
    classes.sort(Comparator.comparing((String each) -> !each.equals("Problem")).thenComparing(each -> each.contains("$")).thenComparing(each -> each));
    Method second = null;
    for (String each : classes) {
      for (Method method : Class.forName(each, false, Judge.class.getClassLoader()).getDeclaredMethods()) {
        if (!method.getName().equals(name) || method.isSynthetic() || method.getParameterCount() != types.size()) continue;
        method.setAccessible(true);
        if (Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.toList()).equals(types)) return method;
        if (second == null) second = method;
      }
    }
    if (second == null) throw new NoSuchMethodException(name + "(" + String.join(", ", types) + ")");
    return second;
  }

  private static void serve(String name, List<String> types) throws Exception {
    Method method = null;
    send(said, "ready".getBytes());
    while (true) {
      byte[] question;
      try {
        question = receive();
      } catch (EOFException closed) {
        Runtime.getRuntime().halt(0);
        return;
      }
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      reply.write(question, 0, 8);
      try {
        if (method == null) method = methodOf(name, types);
        reply.write(answer(method, question));
      } catch (OutOfMemoryError error) {
        reply.write(("M" + error).getBytes(StandardCharsets.UTF_8));
      } catch (Throwable error) {
        reply.write(("E" + told(error)).getBytes(StandardCharsets.UTF_8));
      }
      send(said, reply.toByteArray());
    }
  }

  private static byte[] answer(Method method, byte[] question) throws Throwable {
    Wire.Reader from = new Wire.Reader(question, 8);
    Object[] args = from.arguments(method.getGenericParameterTypes());
    try {
      Object self = null;
      if (!Modifier.isStatic(method.getModifiers())) {
        Constructor<?> made = method.getDeclaringClass().getDeclaredConstructor();
        made.setAccessible(true);
        self = made.newInstance();
      }
      return Wire.bytesOf(method.invoke(self, args));
    } catch (InvocationTargetException error) {
      throw error.getCause();
    }
  }

  /** `java.lang.ArithmeticException: / by zero (line 12)` */
  private static String told(Throwable error) {
    for (StackTraceElement at : error.getStackTrace()) {
      String name = at.getClassName();
      if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("bench_judge."))
        return error + " (line " + at.getLineNumber() + ")";
    }
    return error.toString();
  }

  // The process of the test.

  private static void test() throws Exception {
    try {
      receive();
      Method main = Class.forName("Problem").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[0]);
      tell("passed", "");
    } catch (InvocationTargetException error) {
      Throwable cause = error.getCause();
      String line = lineOf(cause);
      tell("failed", cause instanceof AssertionError ? line : cause + " at " + line);
    } catch (EOFException closed) {
      tell("silent", "");
    } catch (Garbage garbage) {
      tell("garbage", garbage.getMessage());
    }
  }

  private static String lineOf(Throwable error) throws IOException {
    List<String> source = Files.readAllLines(Path.of("Problem.java"));
    for (StackTraceElement at : error.getStackTrace())
      if (at.getMethodName().equals("main") && at.getLineNumber() > 0 && at.getLineNumber() <= source.size())
        return source.get(at.getLineNumber() - 1).trim();
    return error.toString();
  }

  /** Calls the answer's method, which is here a method of the same name that does nothing else. */
  public static Object call(String name, Object... args) {
    try {
      byte[] id = new byte[8];
      random.nextBytes(id);
      lastQuestion = Wire.bytesOfArguments(args);
      byte[] question = Arrays.copyOf(id, 8 + lastQuestion.length);
      System.arraycopy(lastQuestion, 0, question, 8, lastQuestion.length);
      send(said, question);
      byte[] reply = receive();
      if (reply.length < 9 || !Arrays.equals(reply, 0, 8, id, 0, 8)) tell("forged", "");
      byte[] answer = Arrays.copyOfRange(reply, 8, reply.length);
      if (answer[0] == 'E' || answer[0] == 'M')
        tell(answer[0] == 'E' ? "error" : "memory", new String(answer, 1, answer.length - 1, StandardCharsets.UTF_8));
      lastAnswer = answer;
      Wire.Reader from = new Wire.Reader(answer, 0);
      for (Method method : Class.forName("Problem").getDeclaredMethods())
        if (method.getName().equals(name)) return from.whole(method.getGenericReturnType());
      throw new IllegalStateException("no method " + name);
    } catch (EOFException closed) {
      throw tell("silent", "");
    } catch (Garbage garbage) {
      throw tell("garbage", garbage.getMessage());
    } catch (Wire.Unsupported unsupported) {
      throw tell("unsupported", unsupported.getMessage());
    } catch (IOException | ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  /** One verdict ends the process. */
  private static RuntimeException tell(String verdict, String words) {
    try {
      String line = String.join(" ", verdict, hex(words.getBytes(StandardCharsets.UTF_8)), hex(lastQuestion), hex(lastAnswer));
      send(new FileOutputStream(descriptor(RESULT)), line.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException error) {
      Runtime.getRuntime().halt(97);
    }
    Runtime.getRuntime().halt(0);
    return new IllegalStateException();
  }

  private static String hex(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte each : bytes) out.append(Character.forDigit(each >> 4 & 15, 16)).append(Character.forDigit(each & 15, 16));
    return out.toString();
  }
}

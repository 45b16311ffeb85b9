package bench_judge;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.javatuples.Tuple;

/** Values as bytes, in the notation of `bench_judge.hpp`; here `n` is null, `z` an Optional that is empty, `o` one with a value. */
final class Wire {
  private static final int DEEPEST = 64;

  private Wire() {}

  /** A value that the notation has nothing for. */
  static final class Unsupported extends RuntimeException {
    Unsupported(String message) {
      super(message);
    }
  }

  static byte[] bytesOf(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, value, 0);
    return out.toByteArray();
  }

  static byte[] bytesOfArguments(Object[] args) {
    return bytesOf(Arrays.asList(args));
  }

  private static void put(ByteArrayOutputStream out, Object value, int depth) {
    if (depth > DEEPEST) throw new Unsupported("a value nested deeper than " + DEEPEST);
    if (value == null) out.write('n');
    else if (value instanceof Boolean) out.write((Boolean) value ? 'T' : 'F');
    else if (value instanceof Integer || value instanceof Short || value instanceof Byte) eight(out, 'i', ((Number) value).longValue());
    else if (value instanceof Long) eight(out, 'q', (Long) value);
    else if (value instanceof Float) eight(out, 'f', Double.doubleToRawLongBits((Float) value));
    else if (value instanceof Double) eight(out, 'd', Double.doubleToRawLongBits((Double) value));
    else if (value instanceof CharSequence || value instanceof Character) {
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      begin(out, 's', text.length);
      out.write(text, 0, text.length);
    } else if (value instanceof Optional) {
      boolean present = ((Optional<?>) value).isPresent();
      out.write(present ? 'o' : 'z');
      if (present) put(out, ((Optional<?>) value).get(), depth + 1);
    } else if (value instanceof Tuple) {
      begin(out, 't', ((Tuple) value).getSize());
      for (Object item : (Tuple) value) put(out, item, depth + 1);
    } else if (value instanceof Collection) {
      begin(out, 'l', ((Collection<?>) value).size());
      for (Object item : (Collection<?>) value) put(out, item, depth + 1);
    } else if (value instanceof Map) {
      begin(out, 'm', ((Map<?, ?>) value).size());
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        put(out, entry.getKey(), depth + 1);
        put(out, entry.getValue(), depth + 1);
      }
    } else if (value.getClass().isArray()) {
      begin(out, 'l', Array.getLength(value));
      for (int i = 0; i < Array.getLength(value); i++) put(out, Array.get(value, i), depth + 1);
    } else throw new Unsupported("a value of " + value.getClass().getName());
  }

  private static void begin(ByteArrayOutputStream out, char tag, int size) {
    out.write(tag);
    for (int shift = 0; shift < 32; shift += 8) out.write(size >> shift);
  }

  private static void eight(ByteArrayOutputStream out, char tag, long bits) {
    out.write(tag);
    for (int shift = 0; shift < 64; shift += 8) out.write((int) (bits >> shift));
  }

  static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    Object[] arguments(Type[] types) {
      if (tag() != 'l' || number() != types.length) throw new Garbage("another number of arguments");
      Object[] args = new Object[types.length];
      for (int i = 0; i < types.length; i++) args[i] = get(types[i], 0);
      return args;
    }

    Object whole(Type type) {
      Object value = get(type, 0);
      if (at != bytes.length) throw new Garbage("bytes behind the value");
      return value;
    }

    private char tag() {
      if (at >= bytes.length) throw new Garbage("it ends too early");
      return (char) bytes[at++];
    }

    private int number() {
      if (bytes.length - at < 4) throw new Garbage("it ends too early");
      at += 4;
      return (bytes[at - 4] & 255) | (bytes[at - 3] & 255) << 8 | (bytes[at - 2] & 255) << 16 | bytes[at - 1] << 24;
    }

    private int size() {
      int size = number();
      if (size < 0 || size > bytes.length - at) throw new Garbage("a size beyond the end");
      return size;
    }

    private long eight() {
      if (bytes.length - at < 8) throw new Garbage("it ends too early");
      long bits = 0;
      for (int i = 7; i >= 0; i--) bits = bits << 8 | bytes[at + i] & 255;
      at += 8;
      return bits;
    }

    /** @param type what is wanted; Object takes whatever comes */
    private Object get(Type type, int depth) {
      if (depth > DEEPEST) throw new Garbage("nested deeper than " + DEEPEST);
      Class<?> raw = rawOf(type);
      char tag = tag();
      switch (tag) {
        case 'n':
          if (raw.isPrimitive()) throw new Garbage("null, where " + raw + " is wanted");
          return null;
        case 'T':
        case 'F':
          return fit(raw, tag == 'T', boolean.class);
        case 'i':
          return integer(raw, eight(), int.class);
        case 'q':
          return integer(raw, eight(), long.class);
        case 'f':
        case 'd':
          return fraction(raw, Double.longBitsToDouble(eight()), tag == 'f');
        case 's':
          return text(raw);
        default:
      }
      // Of whatever type it says it is: what a type holds, Java has forgotten by the time it runs.
      if (tag == 'z' && !raw.isPrimitive()) return Optional.empty();
      if (tag == 'o' && !raw.isPrimitive()) return Optional.of(get(raw == Optional.class ? inner(type, 0) : Object.class, depth + 1));
      if (tag == 'l') return list(type, raw, depth);
      if (tag == 't') return tuple(type, raw, depth);
      if (tag == 'm') return map(type, raw, depth);
      throw new Garbage("no " + type.getTypeName() + " but '" + tag + "'");
    }

    private Object fit(Class<?> raw, Object value, Class<?> primitive) {
      if (raw == primitive || raw.isInstance(value)) return value;
      throw new Garbage("no " + raw.getName() + " but " + value.getClass().getName());
    }

    /** As Java widens a primitive by itself; a boxed one is of its own class alone. */
    private Object integer(Class<?> raw, long value, Class<?> own) {
      if (raw == long.class) return value;
      if (raw == int.class && (int) value == value) return (int) value;
      if (raw == double.class) return (double) value;
      if (raw == float.class) return (float) value;
      return own == int.class ? fit(raw, (int) value, own) : fit(raw, value, own);
    }

    private Object fraction(Class<?> raw, double value, boolean single) {
      if (raw == double.class) return value;
      if (raw == float.class && single) return (float) value;
      return single ? fit(raw, (float) value, float.class) : fit(raw, value, double.class);
    }

    private Object text(Class<?> raw) {
      int size = size();
      at += size;
      String text = new String(bytes, at - size, size, StandardCharsets.UTF_8);
      if ((raw == char.class || raw == Character.class) && text.length() == 1) return text.charAt(0);
      return fit(raw, text, String.class);
    }

    private Object list(Type type, Class<?> raw, int depth) {
      int size = size();
      if (raw.isArray()) {
        Object array = Array.newInstance(raw.getComponentType(), size);
        Type item = type instanceof GenericArrayType ? ((GenericArrayType) type).getGenericComponentType() : raw.getComponentType();
        for (int i = 0; i < size; i++) Array.set(array, i, get(item, depth + 1));
        return array;
      }
      return listOf(inner(type, 0), raw, size, depth);
    }

    private Object listOf(Type item, Class<?> raw, int size, int depth) {
      Collection<Object> made =
          raw == LinkedList.class ? new LinkedList<>()
              : raw.isAssignableFrom(ArrayList.class) ? new ArrayList<>()
              : raw == Set.class || raw == HashSet.class ? new HashSet<>()
              : raw == TreeSet.class ? new TreeSet<>()
              : null;
      if (made == null) throw new Garbage("no " + raw.getName() + " but a list");
      for (int i = 0; i < size; i++) made.add(get(item, depth + 1));
      return made;
    }

    private Object map(Type type, Class<?> raw, int depth) {
      Map<Object, Object> made =
          raw == TreeMap.class ? new TreeMap<>()
              : raw == LinkedHashMap.class ? new LinkedHashMap<>()
              : raw.isAssignableFrom(HashMap.class) ? new HashMap<>()
              : null;
      if (made == null) throw new Garbage("no " + raw.getName() + " but a map");
      for (int size = size(); size > 0; size--) {
        Object key = get(inner(type, 0), depth + 1);
        made.put(key, get(inner(type, 1), depth + 1));
      }
      return made;
    }

    private Object tuple(Type type, Class<?> raw, int depth) {
      List<Object> items = new ArrayList<>();
      int size = size();
      for (int i = 0; i < size; i++) items.add(get(inner(type, i), depth + 1));
      Tuple made = Tuple.of(items);
      if (made == null || !raw.isInstance(made)) throw new Garbage("no " + raw.getName() + " but a tuple of " + size);
      return made;
    }

    private static Class<?> rawOf(Type type) {
      if (type instanceof Class) return (Class<?>) type;
      if (type instanceof ParameterizedType) return (Class<?>) ((ParameterizedType) type).getRawType();
      if (type instanceof GenericArrayType)
        return Array.newInstance(rawOf(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
      return Object.class;
    }

    private static Type inner(Type type, int index) {
      if (!(type instanceof ParameterizedType)) return Object.class;
      Type[] types = ((ParameterizedType) type).getActualTypeArguments();
      return index < types.length ? types[index] : Object.class;
    }
  }
}

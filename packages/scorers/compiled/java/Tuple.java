package org.javatuples;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** What Java's data sets take from the library of this name, https://www.javatuples.org, by its documented interface. */
public abstract class Tuple implements Iterable<Object>, Serializable, Comparable<Tuple> {
  private static final long serialVersionUID = 1;
  private final Object[] values;

  Tuple(Object... values) {
    this.values = values;
  }

  /** A tuple of as many values; null where there is none of that size. */
  public static Tuple of(List<?> values) {
    return Sizes.of(values);
  }

  public abstract int getSize();

  public final Object getValue(int position) {
    if (position < 0 || position >= values.length)
      throw new IllegalArgumentException("Cannot retrieve position " + position + " in " + getClass().getSimpleName());
    return values[position];
  }

  @SuppressWarnings("unchecked")
  final <T> T at(int position) {
    return (T) values[position];
  }

  public final boolean contains(Object value) {
    return toList().contains(value);
  }

  public final boolean containsAll(Collection<?> all) {
    return toList().containsAll(all);
  }

  public final boolean containsAll(Object... all) {
    return toList().containsAll(Arrays.asList(all));
  }

  public final int indexOf(Object value) {
    return toList().indexOf(value);
  }

  public final int lastIndexOf(Object value) {
    return toList().lastIndexOf(value);
  }

  public final List<Object> toList() {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  public final Object[] toArray() {
    return values.clone();
  }

  @Override
  public final Iterator<Object> iterator() {
    return toList().iterator();
  }

  @Override
  public final String toString() {
    return toList().toString();
  }

  @Override
  public final int hashCode() {
    return 31 + toList().hashCode();
  }

  @Override
  public final boolean equals(Object other) {
    return this == other || other != null && getClass() == other.getClass() && Arrays.equals(values, ((Tuple) other).values);
  }

  @Override
  @SuppressWarnings("unchecked")
  public int compareTo(Tuple other) {
    for (int i = 0; i < Math.min(values.length, other.values.length); i++) {
      int order = ((Comparable<Object>) values[i]).compareTo(other.values[i]);
      if (order != 0) return order;
    }
    return Integer.compare(values.length, other.values.length);
  }
}

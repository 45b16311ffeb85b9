package bench_judge;

/** Bytes that are no value of the type that is wanted. */
final class Garbage extends RuntimeException {
  Garbage(String message) {
    super(message);
  }
}

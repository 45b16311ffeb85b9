// What joins the process of an answer with that of its test: values as bytes, in frames, on descriptors 3, 4 and 5.
//
// A frame is four bytes of length, big-endian, and that many bytes. A question is eight random bytes and the list of arguments; its
// answer is the same eight bytes and a value, or 'E' and a text. Values, numbers little-endian:
//   z nothing (o, value: something, where that is told) · T F · i and 8 bytes (int) · q and 8 bytes (longer) · f and 8 bytes (float) · d and 8 bytes (double) · s, size, bytes ·
//   l, size, items · t, size, items (tuple) · m, size, keys and values · a, number of its type, value (std::any) · h, size (a union, held)
#pragma once
#include <any>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/random.h>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace bench_judge {

constexpr int result = 3, heard = 4, said = 5;
constexpr std::uint32_t most = 8u << 20;

using Bytes = std::string;

struct Closed {};
struct Garbage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void write_all(int fd, const Bytes &bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0) _exit(97);
    at += static_cast<std::size_t>(n);
  }
}

inline void send(int fd, const Bytes &body) {
  std::uint32_t size = static_cast<std::uint32_t>(body.size());
  Bytes frame;
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  write_all(fd, frame + body);
}

inline Bytes take(int fd, std::size_t size) {
  Bytes bytes(size, '\0');
  for (std::size_t at = 0; at < size;) {
    ssize_t n = ::read(fd, &bytes[at], size - at);
    if (n <= 0) throw Closed();
    at += static_cast<std::size_t>(n);
  }
  return bytes;
}

inline Bytes receive(int fd) {
  std::uint32_t size = 0;
  for (unsigned char c : take(fd, 4)) size = size << 8 | c;
  if (size > most) throw Garbage("a frame of " + std::to_string(size) + " bytes");
  return take(fd, size);
}

template <class N> void put(Bytes &out, N n) { out.append(reinterpret_cast<const char *>(&n), sizeof n); }

struct Reader {
  const Bytes &bytes;
  std::size_t at = 0;
  char tag() { return *some(1); }
  char peek() const { return at < bytes.size() ? bytes[at] : '\0'; }
  template <class N> N number() {
    N n;
    std::memcpy(&n, some(sizeof n), sizeof n);
    return n;
  }
  std::uint32_t size() {
    std::uint32_t n = number<std::uint32_t>();
    if (n > bytes.size() - at) throw Garbage("a size beyond the end");
    return n;
  }
  Bytes text() {
    std::uint32_t n = size();
    return Bytes(some(n), n);
  }
  void end() const {
    if (at != bytes.size()) throw Garbage("bytes behind the value");
  }

private:
  const char *some(std::size_t n) {
    if (n > bytes.size() - at) throw Garbage("it ends too early");
    at += n;
    return bytes.data() + at - n;
  }
};

[[noreturn]] inline void unlike(const char *wanted, char tag) {
  throw Garbage(std::string("no ") + wanted + " but '" + tag + "'");
}

template <class T, class = void> struct Codec;

template <> struct Codec<bool> {
  static void put(Bytes &out, bool b) { out += b ? 'T' : 'F'; }
  static bool get(Reader &in) {
    char tag = in.tag();
    if (tag != 'T' && tag != 'F') unlike("bool", tag);
    return tag == 'T';
  }
};

template <class T> struct Codec<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
  static void put(Bytes &out, T n) {
    out += sizeof(T) > 4 ? 'q' : 'i';
    bench_judge::put(out, static_cast<std::int64_t>(n));
  }
  static T get(Reader &in) {
    char tag = in.tag();
    if (tag != 'q' && tag != 'i') unlike("integer", tag);
    auto n = in.number<std::int64_t>();
    if (static_cast<std::int64_t>(static_cast<T>(n)) != n) throw Garbage("an integer out of range");
    return static_cast<T>(n);
  }
};

template <class T> struct Codec<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static void put(Bytes &out, T x) {
    out += sizeof(T) > 4 ? 'd' : 'f';
    bench_judge::put(out, static_cast<double>(x));
  }
  static T get(Reader &in) {
    char tag = in.tag();
    if (tag != 'd' && tag != 'f') unlike("number with a fraction", tag);
    double x = in.number<double>();
    T as = static_cast<T>(x);
    if (static_cast<double>(as) != x && x == x) throw Garbage("a number of more digits than its type has");
    return as;
  }
};

template <> struct Codec<std::string> {
  static void put(Bytes &out, const std::string &s) {
    out += 's';
    bench_judge::put(out, static_cast<std::uint32_t>(s.size()));
    out += s;
  }
  static std::string get(Reader &in) {
    char tag = in.tag();
    if (tag != 's') unlike("string", tag);
    return in.text();
  }
};

template <> struct Codec<const char *> {
  static void put(Bytes &out, const char *s) { Codec<std::string>::put(out, s); }
  static const char *get(Reader &in) {
    static std::deque<std::string> kept; // As literals, they live as long as the process.
    return kept.emplace_back(Codec<std::string>::get(in)).c_str();
  }
};

template <> struct Codec<std::nullopt_t> {
  static void put(Bytes &out, std::nullopt_t) { out += 'z'; }
};

template <class T> struct Codec<std::optional<T>> {
  static void put(Bytes &out, const std::optional<T> &o) {
    if (o) Codec<T>::put(out, *o);
    else out += 'z';
  }
  static std::optional<T> get(Reader &in) {
    if (in.peek() != 'z') return Codec<T>::get(in);
    in.tag();
    return std::nullopt;
  }
};

template <class C> struct Items {
  using T = typename C::value_type;
  static void put(Bytes &out, const C &c) {
    out += 'l';
    bench_judge::put(out, static_cast<std::uint32_t>(c.size()));
    for (const auto &item : c) Codec<T>::put(out, item);
  }
  static C get(Reader &in) {
    char tag = in.tag();
    if (tag != 'l') unlike("list", tag);
    C c;
    for (std::uint32_t n = in.size(); n > 0; n--) c.insert(c.end(), Codec<T>::get(in));
    return c;
  }
};
template <class T> struct Codec<std::vector<T>> : Items<std::vector<T>> {};
template <class T> struct Codec<std::list<T>> : Items<std::list<T>> {};
template <class T> struct Codec<std::deque<T>> : Items<std::deque<T>> {};
template <class T> struct Codec<std::set<T>> : Items<std::set<T>> {};
template <class T> struct Codec<std::unordered_set<T>> : Items<std::unordered_set<T>> {};

template <class M> struct Pairs {
  using K = typename M::key_type;
  using V = typename M::mapped_type;
  static void put(Bytes &out, const M &m) {
    out += 'm';
    bench_judge::put(out, static_cast<std::uint32_t>(m.size()));
    for (const auto &[key, value] : m) {
      Codec<K>::put(out, key);
      Codec<V>::put(out, value);
    }
  }
  static M get(Reader &in) {
    char tag = in.tag();
    if (tag != 'm') unlike("map", tag);
    M m;
    for (std::uint32_t n = in.size(); n > 0; n--) {
      K key = Codec<K>::get(in);
      m.emplace(std::move(key), Codec<V>::get(in));
    }
    return m;
  }
};
template <class K, class V> struct Codec<std::map<K, V>> : Pairs<std::map<K, V>> {};
template <class K, class V> struct Codec<std::unordered_map<K, V>> : Pairs<std::unordered_map<K, V>> {};

template <class... T> struct Codec<std::tuple<T...>> {
  static void put(Bytes &out, const std::tuple<T...> &t) {
    begin(out);
    std::apply([&](const auto &...item) { (Codec<T>::put(out, item), ...); }, t);
  }
  static std::tuple<T...> get(Reader &in) {
    check(in);
    return std::tuple<T...>{Codec<T>::get(in)...}; // In braces: from left to right.
  }
  static void begin(Bytes &out) {
    out += 't';
    bench_judge::put(out, static_cast<std::uint32_t>(sizeof...(T)));
  }
  static void check(Reader &in) {
    char tag = in.tag();
    if (tag != 't') unlike("tuple", tag);
    if (in.number<std::uint32_t>() != sizeof...(T)) throw Garbage("a tuple of another size");
  }
};

template <class A, class B> struct Codec<std::pair<A, B>> {
  static void put(Bytes &out, const std::pair<A, B> &p) { Codec<std::tuple<A, B>>::put(out, p); }
  static std::pair<A, B> get(Reader &in) {
    Codec<std::tuple<A, B>>::check(in);
    A a = Codec<A>::get(in);
    return {std::move(a), Codec<B>::get(in)};
  }
};

// What a test may put into std::any, which tells nobody how it is written. A partial specialization, whose functions are made only where
// they are called: most programs have no std::any, and all of its types take a compiler long.
template <class Any> struct Codec<Any, std::enable_if_t<std::is_same_v<Any, std::any>>> {
  template <class... T> struct Types {};
  using Known = Types<bool, char, int, long, long long, unsigned, unsigned long, float, double, const char *, std::string,
                      std::vector<int>, std::vector<long>, std::vector<float>, std::vector<double>, std::vector<std::string>,
                      std::vector<std::any>, std::map<int, int>, std::map<long, long>, std::map<std::string, std::string>,
                      std::map<std::string, long>, std::nullopt_t>;

  static void put(Bytes &out, const std::any &a) {
    if (!a.has_value()) out += 'z';
    else if (!find(out, a, Known{})) throw std::invalid_argument(std::string("std::any of ") + a.type().name());
  }
  static std::any get(Reader &in) {
    char tag = in.tag();
    if (tag == 'z') return {};
    if (tag != 'a') unlike("std::any", tag);
    std::any a;
    if (!make(in, a, static_cast<unsigned char>(in.tag()), Known{})) throw Garbage("std::any of an unknown type");
    return a;
  }

private:
  template <class... T> static bool find(Bytes &out, const std::any &a, Types<T...>) {
    char number = 0;
    return ((a.type() == typeid(T) ? (out += 'a', out += number, Codec<T>::put(out, std::any_cast<const T &>(a)), true)
                                   : (number++, false)) ||
            ...);
  }
  template <class... T> static bool make(Reader &in, std::any &a, unsigned char wanted, Types<T...>) {
    unsigned char number = 0;
    return ((number++ == wanted ? (fill<T>(in, a), true) : false) || ...);
  }
  template <class T> static void fill(Reader &in, std::any &a) {
    if constexpr (std::is_same_v<T, std::nullopt_t>) in.tag(), a = std::nullopt;
    else a = Codec<T>::get(in);
  }
};

template <class... A> Bytes listed(const A &...args) {
  Bytes out(1, 'l');
  put(out, static_cast<std::uint32_t>(sizeof...(A)));
  (Codec<A>::put(out, args), ...);
  return out;
}

} // namespace bench_judge

#ifdef BENCH_JUDGE_ANSWER

// The process of the answer. Its main() is here, where no macro of the answer can change it.
namespace bench_judge {

// Unions that were returned: the test asks for what is in them by the number of a member.
struct Held {
  virtual Bytes member(std::uint32_t number) = 0;
  virtual ~Held() = default;
};
inline std::vector<std::unique_ptr<Held>> held;

template <class T> struct HeldUnion;

template <class R, class Call> Bytes reply_of(Call &&call) {
  Bytes out;
  if constexpr (std::is_union_v<R>) {
    held.push_back(std::make_unique<HeldUnion<R>>(std::forward<Call>(call)));
    out += 'h';
    put(out, static_cast<std::uint32_t>(held.size() - 1));
  } else {
    Codec<std::decay_t<R>>::put(out, call());
  }
  return out;
}

template <class R, class... A> void serve(R (*function)(A...)) {
  send(said, "ready");
  for (;;) {
    Bytes question = receive(heard);
    Reader in{question, 8};
    Bytes out;
    try {
      if (in.peek() == 'M') {
        in.tag();
        auto which = in.number<std::uint32_t>();
        out = held.at(which)->member(in.number<std::uint32_t>());
      } else {
        in.tag();
        if (in.number<std::uint32_t>() != sizeof...(A)) throw Garbage("another number of arguments");
        std::tuple<std::decay_t<A>...> args{Codec<std::decay_t<A>>::get(in)...};
        out = std::apply(
            [&](auto &...arg) { return reply_of<R>([&]() -> R { return function(static_cast<A &&>(arg)...); }); }, args);
      }
    } catch (const std::bad_alloc &) {
      out = "Mstd::bad_alloc";
    } catch (const std::exception &error) {
      out = std::string("E") + error.what();
    } catch (...) {
      out = "Esomething that is no std::exception was thrown";
    }
    send(said, question.substr(0, 8) + out);
  }
}

} // namespace bench_judge

void bench_judge_serve();

int main() {
  try {
    bench_judge_serve();
  } catch (const bench_judge::Closed &) {
  }
  _exit(0);
}
#define main bench_judge_unused_main

#else

// The process of the test.
namespace bench_judge {

inline Bytes hex(const Bytes &bytes) {
  static const char digits[] = "0123456789abcdef";
  Bytes out;
  for (unsigned char c : bytes) out += digits[c >> 4], out += digits[c & 15];
  return out;
}

inline Bytes last_question, last_answer;

// One verdict ends the process: what happened, words about it, the last arguments and the last answer.
[[noreturn]] inline void tell(const char *verdict, const Bytes &words = "") {
  send(result, std::string(verdict) + ' ' + hex(words) + ' ' + hex(last_question) + ' ' + hex(last_answer));
  _exit(0);
}

inline const Bytes &ask(const Bytes &question) {
  char id[8];
  if (getrandom(id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) _exit(98);
  try {
    send(said, Bytes(id, sizeof id) + question);
    Bytes answer = receive(heard);
    if (answer.compare(0, 8, id, sizeof id) != 0) tell("forged");
    last_answer = answer.substr(8);
  } catch (const Closed &) {
    tell("silent");
  } catch (const Garbage &error) {
    tell("garbage", error.what());
  }
  if (last_answer[0] == 'E' || last_answer[0] == 'M') {
    Bytes words = std::exchange(last_answer, "");
    tell(words[0] == 'E' ? "error" : "memory", words.substr(1));
  }
  return last_answer;
}

template <class R, class Get> R read(const Bytes &answer, Get get) {
  try {
    Reader in{answer};
    R value = get(in);
    in.end();
    return value;
  } catch (const Garbage &error) {
    tell("garbage", error.what());
  }
}

template <class R> R reading(const Bytes &answer) { return read<R>(answer, [](Reader &in) { return Codec<R>::get(in); }); }

// A union that the answer returned and that stays with it.
struct Remote {
  std::uint32_t number;
  template <class T> T member(std::uint32_t index) const {
    Bytes question(1, 'M');
    put(question, number);
    put(question, index);
    return reading<T>(ask(question));
  }
};

template <class T, class = void> struct Result {
  static T of(const Bytes &answer) { return reading<T>(answer); }
};
template <class T> struct Result<T, std::enable_if_t<std::is_base_of_v<Remote, T>>> {
  static T of(const Bytes &answer) {
    return read<T>(answer, [](Reader &in) {
      if (in.tag() != 'h') throw Garbage("no union");
      return T{{in.number<std::uint32_t>()}};
    });
  }
};

template <class F> struct Function;
template <class R, class... A> struct Function<R (*)(A...)> {
  R operator()(std::decay_t<A>... args) const {
    try {
      last_question = listed<std::decay_t<A>...>(args...);
    } catch (const std::invalid_argument &error) {
      tell("unsupported", error.what());
    }
    return Result<R>::of(ask(last_question));
  }
};

inline void check(bool holds, const char *words) {
  if (!holds) tell("failed", words);
}

} // namespace bench_judge

void bench_judge_test();

int main() {
  try {
    bench_judge::receive(bench_judge::heard);
  } catch (...) {
    bench_judge::tell("silent");
  }
  bench_judge_test();
  bench_judge::tell("passed");
}

#endif

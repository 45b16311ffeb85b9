// Package bench_judge is `bench_judge.hpp` in Go: what joins the process of an answer with that of its test.
//
// It is a package of its own: what an answer calls `binary`, `copy` or `len` is the answer's alone.
package bench_judge

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
)

const (
	most    = 8 << 20
	deepest = 64
)

var (
	result = os.NewFile(3, "result")
	heard  = os.NewFile(4, "heard")
	said   = os.NewFile(5, "said")

	lastQuestion, lastAnswer []byte
)

func send(to *os.File, body []byte) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	if _, err := to.Write(append(frame, body...)); err != nil {
		os.Exit(97)
	}
}

// io.EOF where the other side has closed; another error for what is no frame.
func receive() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(heard, head); err != nil {
		return nil, io.EOF
	}
	size := binary.BigEndian.Uint32(head)
	if size > most {
		return nil, fmt.Errorf("a frame of %d bytes", size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(heard, body); err != nil {
		return nil, io.EOF
	}
	return body, nil
}

// A type in bytes: the number of its kind, or '[' and the type of its items, or '{' and those of its keys and values. The name that an
// answer gives it is not told, and an array is as a slice, which is how it is printed.
func putType(out []byte, t reflect.Type, depth int) []byte {
	kind := t.Kind()
	switch {
	case depth > deepest:
	case kind >= reflect.Bool && kind <= reflect.Float64 && kind != reflect.Uintptr || kind == reflect.String:
		return append(out, byte(kind))
	case kind == reflect.Slice || kind == reflect.Array:
		return putType(append(out, '['), t.Elem(), depth+1)
	case kind == reflect.Map:
		return putType(putType(append(out, '{'), t.Key(), depth+1), t.Elem(), depth+1)
	case kind == reflect.Interface && t.NumMethod() == 0:
		return append(out, byte(kind))
	}
	panic(fmt.Errorf("an interface that holds %s", t))
}

func begin(out []byte, tag byte, size int) []byte {
	return binary.LittleEndian.AppendUint32(append(out, tag), uint32(size))
}

func put(out []byte, v reflect.Value, depth int) []byte {
	if depth > deepest {
		panic(errors.New("a value nested too deep"))
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(out, 'T')
		}
		return append(out, 'F')
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.LittleEndian.AppendUint64(append(out, 'q'), uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.LittleEndian.AppendUint64(append(out, 'q'), v.Uint())
	case reflect.Float32, reflect.Float64:
		return binary.LittleEndian.AppendUint64(append(out, 'd'), math.Float64bits(v.Float()))
	case reflect.String:
		return append(begin(out, 's', v.Len()), v.String()...)
	case reflect.Slice, reflect.Map, reflect.Interface, reflect.Ptr:
		if v.IsNil() {
			return append(out, 'z')
		}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		out = begin(out, 'l', v.Len())
		for i := 0; i < v.Len(); i++ {
			out = put(out, v.Index(i), depth+1)
		}
		return out
	case reflect.Map:
		out = begin(out, 'm', v.Len())
		for entry := v.MapRange(); entry.Next(); {
			out = put(out, entry.Key(), depth+1)
			out = put(out, entry.Value(), depth+1)
		}
		return out
	case reflect.Ptr:
		return put(append(out, 'o'), v.Elem(), depth+1)
	case reflect.Interface:
		return put(putType(append(out, 'a'), v.Elem().Type(), 0), v.Elem(), depth+1)
	}
	panic(fmt.Errorf("a value of type %s", v.Type()))
}

type reader struct {
	bytes []byte
	at    int
}

// A panic with it says that bytes are no value of the type that is wanted.
type garbage string

func (from *reader) some(n int) []byte {
	if n < 0 || n > len(from.bytes)-from.at {
		panic(garbage("it ends too early"))
	}
	from.at += n
	return from.bytes[from.at-n : from.at]
}

func (from *reader) size() int {
	size := int(binary.LittleEndian.Uint32(from.some(4)))
	if size > len(from.bytes)-from.at {
		panic(garbage("a size beyond the end"))
	}
	return size
}

var basic = map[reflect.Kind]reflect.Type{}

func init() {
	var known struct {
		a bool
		b int
		c int8
		d int16
		e int32
		f int64
		g uint
		h uint8
		i uint16
		j uint32
		k uint64
		l float32
		m float64
		n string
		o interface{}
	}
	for t, i := reflect.TypeOf(known), 0; i < t.NumField(); i++ {
		basic[t.Field(i).Type.Kind()] = t.Field(i).Type
	}
}

func (from *reader) typ(depth int) reflect.Type {
	kind := from.some(1)[0]
	switch t, known := basic[reflect.Kind(kind)]; {
	case depth > deepest:
		panic(garbage("a type nested too deep"))
	case known:
		return t
	case kind == '[':
		return reflect.SliceOf(from.typ(depth + 1))
	case kind == '{':
		key := from.typ(depth + 1)
		if key.Comparable() {
			return reflect.MapOf(key, from.typ(depth+1))
		}
	}
	panic(garbage("a type of no kind that is known"))
}

func (from *reader) get(t reflect.Type, depth int) reflect.Value {
	if depth > deepest {
		panic(garbage("nested too deep"))
	}
	v := reflect.New(t).Elem()
	tag := from.some(1)[0]
	unlike := func() garbage { return garbage(fmt.Sprintf("no %s but '%c'", t, tag)) }
	kind := t.Kind()
	switch {
	case tag == 'z' && (kind == reflect.Slice || kind == reflect.Map || kind == reflect.Interface || kind == reflect.Ptr):
	case (tag == 'T' || tag == 'F') && kind == reflect.Bool:
		v.SetBool(tag == 'T')
	case tag == 'q' && kind >= reflect.Int && kind <= reflect.Int64:
		n := int64(binary.LittleEndian.Uint64(from.some(8)))
		if v.OverflowInt(n) {
			panic(garbage("an integer out of range"))
		}
		v.SetInt(n)
	case tag == 'q' && kind >= reflect.Uint && kind <= reflect.Uint64:
		n := binary.LittleEndian.Uint64(from.some(8))
		if v.OverflowUint(n) {
			panic(garbage("an integer out of range"))
		}
		v.SetUint(n)
	case tag == 'd' && (kind == reflect.Float32 || kind == reflect.Float64):
		v.SetFloat(math.Float64frombits(binary.LittleEndian.Uint64(from.some(8))))
	case tag == 's' && kind == reflect.String:
		v.SetString(string(from.some(from.size())))
	case tag == 'l' && kind == reflect.Slice:
		size := from.size()
		v.Set(reflect.MakeSlice(t, 0, 0))
		for i := 0; i < size; i++ {
			v.Set(reflect.Append(v, from.get(t.Elem(), depth+1)))
		}
	case tag == 'l' && kind == reflect.Array:
		if from.size() != t.Len() {
			panic(garbage("an array of another size"))
		}
		for i := 0; i < t.Len(); i++ {
			v.Index(i).Set(from.get(t.Elem(), depth+1))
		}
	case tag == 'm' && kind == reflect.Map:
		v.Set(reflect.MakeMap(t))
		for size := from.size(); size > 0; size-- {
			key := from.get(t.Key(), depth+1)
			v.SetMapIndex(key, from.get(t.Elem(), depth+1))
		}
	case tag == 'o' && kind == reflect.Ptr:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(from.get(t.Elem(), depth+1))
	case tag == 'a' && kind == reflect.Interface:
		held := from.typ(0)
		if !held.AssignableTo(t) {
			panic(garbage(fmt.Sprintf("no %s but %s", t, held)))
		}
		v.Set(from.get(held, depth+1))
	default:
		panic(unlike())
	}
	return v
}

// Serve answers what is asked of a function, in the process of the answer.
func Serve(function interface{}) {
	debug.SetMaxStack(256 << 20)
	f := reflect.ValueOf(function)
	send(said, []byte("ready"))
	for {
		question, err := receive()
		if err != nil {
			os.Exit(0)
		}
		send(said, append(question[:8:8], respond(f, question)...))
	}
}

func respond(f reflect.Value, question []byte) (reply []byte) {
	defer func() {
		if problem := recover(); problem != nil {
			reply = []byte(fmt.Sprint("Epanic: ", problem, place()))
		}
	}()
	from := &reader{question, 8}
	if from.some(1)[0] != 'l' || from.size() != f.Type().NumIn() {
		panic(garbage("another number of arguments"))
	}
	args := make([]reflect.Value, f.Type().NumIn())
	for i := range args {
		args[i] = from.get(f.Type().In(i), 0)
	}
	results := f.Call(args)
	if len(results) == 1 {
		return put(nil, results[0], 0)
	}
	reply = begin(nil, 't', len(results))
	for _, result := range results {
		reply = put(reply, result, 0)
	}
	return reply
}

// The line of the answer where it stopped.
func place() string {
	for _, line := range strings.Split(string(debug.Stack()), "\n") {
		if at := strings.Index(line, "answer_test.go:"); at >= 0 {
			return fmt.Sprintf(" (%s)", strings.Fields(line[at:])[0])
		}
	}
	return ""
}

// The process of the test: one verdict ends it.
func tell(verdict string, words string) {
	fields := []string{verdict, hex.EncodeToString([]byte(words)), hex.EncodeToString(lastQuestion), hex.EncodeToString(lastAnswer)}
	send(result, []byte(strings.Join(fields, " ")))
	os.Exit(0)
}

// Test runs the test, in a process of its own, and passes on what it says where it fails.
func Test(run func() int) {
	shown := os.Stdout
	printed, err := os.CreateTemp(".", "printed")
	if err != nil {
		panic(err)
	}
	os.Stdout = printed
	code := run()
	os.Stdout = shown
	if code == 0 {
		tell("passed", "")
	}
	// It asks all there is to ask before it compares: the last call need not be the one that failed.
	lastQuestion, lastAnswer = nil, nil
	words, _ := os.ReadFile(printed.Name())
	for _, line := range strings.Split(string(words), "\n") {
		if strings.Contains(line, "_test.go:") {
			tell("failed", strings.TrimSpace(line))
		}
	}
	tell("failed", string(words))
}

// Remote makes a function of the type of another, which asks the answer's process.
func Remote[F any](function F) F {
	t := reflect.TypeOf(function)
	if _, err := receive(); err != nil {
		tell("silent", "")
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		return ask(t, args)
	}).Interface().(F)
}

func ask(t reflect.Type, args []reflect.Value) []reflect.Value {
	defer func() {
		if problem := recover(); problem != nil {
			if what, ok := problem.(garbage); ok {
				tell("garbage", string(what))
			}
			tell("unsupported", fmt.Sprint(problem))
		}
	}()
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		panic(err)
	}
	lastQuestion = begin(nil, 'l', len(args))
	for _, arg := range args {
		lastQuestion = put(lastQuestion, arg, 0)
	}
	send(said, append(id[:8:8], lastQuestion...))
	answer, err := receive()
	if err == io.EOF {
		tell("silent", "")
	} else if err != nil {
		tell("garbage", err.Error())
	} else if len(answer) < 9 || string(answer[:8]) != string(id) {
		tell("forged", "")
	} else if answer[8] == 'E' {
		tell("error", string(answer[9:]))
	}
	lastAnswer = answer[8:]
	from := &reader{answer, 8}
	results := make([]reflect.Value, t.NumOut())
	if len(results) != 1 && (from.some(1)[0] != 't' || from.size() != len(results)) {
		panic(garbage("another number of results"))
	}
	for i := range results {
		results[i] = from.get(t.Out(i), 0)
	}
	if from.at != len(answer) {
		panic(garbage("bytes behind the value"))
	}
	return results
}

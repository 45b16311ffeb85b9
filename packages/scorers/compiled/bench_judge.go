// As `bench_judge.hpp`, in Go: what joins the process of an answer with that of its test. It is compiled into the package of either.
package bench_judge_package

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
	benchJudgeMost    = 8 << 20
	benchJudgeDeepest = 64
)

var (
	benchJudgeResult = os.NewFile(3, "result")
	benchJudgeHeard  = os.NewFile(4, "heard")
	benchJudgeSaid   = os.NewFile(5, "said")

	benchJudgeQuestion, benchJudgeAnswer []byte
)

func benchJudgeSend(to *os.File, body []byte) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	if _, err := to.Write(append(frame, body...)); err != nil {
		os.Exit(97)
	}
}

// io.EOF where the other side has closed; another error for what is no frame.
func benchJudgeReceive() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(benchJudgeHeard, head); err != nil {
		return nil, io.EOF
	}
	size := binary.BigEndian.Uint32(head)
	if size > benchJudgeMost {
		return nil, fmt.Errorf("a frame of %d bytes", size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(benchJudgeHeard, body); err != nil {
		return nil, io.EOF
	}
	return body, nil
}

// What an interface may hold, by number: it tells nobody how it is written.
var benchJudgeTypes = []reflect.Type{
	reflect.TypeOf(false), reflect.TypeOf(0), reflect.TypeOf(int8(0)), reflect.TypeOf(int16(0)), reflect.TypeOf(int32(0)),
	reflect.TypeOf(int64(0)), reflect.TypeOf(uint(0)), reflect.TypeOf(uint8(0)), reflect.TypeOf(uint16(0)), reflect.TypeOf(uint32(0)),
	reflect.TypeOf(uint64(0)), reflect.TypeOf(float32(0)), reflect.TypeOf(0.0), reflect.TypeOf(""), reflect.TypeOf([]interface{}{}),
	reflect.TypeOf([]int{}), reflect.TypeOf([]float64{}), reflect.TypeOf([]string{}), reflect.TypeOf([]bool{}), reflect.TypeOf([][]int{}),
	reflect.TypeOf(map[interface{}]interface{}{}), reflect.TypeOf(map[string]interface{}{}), reflect.TypeOf(map[string]string{}),
	reflect.TypeOf(map[string]int{}), reflect.TypeOf(map[int]int{}), reflect.TypeOf(map[int]string{}), reflect.TypeOf([]byte{}),
	reflect.TypeOf([][]interface{}{}), reflect.TypeOf([][]string{}),
}

func benchJudgeBegin(out []byte, tag byte, size int) []byte {
	return binary.LittleEndian.AppendUint32(append(out, tag), uint32(size))
}

func benchJudgePut(out []byte, v reflect.Value, depth int) []byte {
	if depth > benchJudgeDeepest {
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
		return append(benchJudgeBegin(out, 's', v.Len()), v.String()...)
	case reflect.Slice, reflect.Map, reflect.Interface, reflect.Ptr:
		if v.IsNil() {
			return append(out, 'z')
		}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		out = benchJudgeBegin(out, 'l', v.Len())
		for i := 0; i < v.Len(); i++ {
			out = benchJudgePut(out, v.Index(i), depth+1)
		}
		return out
	case reflect.Map:
		out = benchJudgeBegin(out, 'm', v.Len())
		for _, key := range v.MapKeys() {
			out = benchJudgePut(out, key, depth+1)
			out = benchJudgePut(out, v.MapIndex(key), depth+1)
		}
		return out
	case reflect.Ptr:
		return benchJudgePut(append(out, 'o'), v.Elem(), depth+1)
	case reflect.Interface:
		for number, known := range benchJudgeTypes {
			if v.Elem().Type() == known {
				return benchJudgePut(append(out, 'a', byte(number)), v.Elem(), depth+1)
			}
		}
		panic(fmt.Errorf("an interface that holds %s", v.Elem().Type()))
	}
	panic(fmt.Errorf("a value of type %s", v.Type()))
}

type benchJudgeReader struct {
	bytes []byte
	at    int
}

// A panic with it says that bytes are no value of the type that is wanted.
type benchJudgeGarbage string

func (from *benchJudgeReader) some(n int) []byte {
	if n < 0 || n > len(from.bytes)-from.at {
		panic(benchJudgeGarbage("it ends too early"))
	}
	from.at += n
	return from.bytes[from.at-n : from.at]
}

func (from *benchJudgeReader) size() int {
	size := int(binary.LittleEndian.Uint32(from.some(4)))
	if size > len(from.bytes)-from.at {
		panic(benchJudgeGarbage("a size beyond the end"))
	}
	return size
}

func (from *benchJudgeReader) get(t reflect.Type, depth int) reflect.Value {
	if depth > benchJudgeDeepest {
		panic(benchJudgeGarbage("nested too deep"))
	}
	v := reflect.New(t).Elem()
	tag := from.some(1)[0]
	unlike := func() benchJudgeGarbage { return benchJudgeGarbage(fmt.Sprintf("no %s but '%c'", t, tag)) }
	kind := t.Kind()
	switch {
	case tag == 'z' && (kind == reflect.Slice || kind == reflect.Map || kind == reflect.Interface || kind == reflect.Ptr):
	case (tag == 'T' || tag == 'F') && kind == reflect.Bool:
		v.SetBool(tag == 'T')
	case tag == 'q' && kind >= reflect.Int && kind <= reflect.Int64:
		n := int64(binary.LittleEndian.Uint64(from.some(8)))
		if v.OverflowInt(n) {
			panic(benchJudgeGarbage("an integer out of range"))
		}
		v.SetInt(n)
	case tag == 'q' && kind >= reflect.Uint && kind <= reflect.Uint64:
		n := binary.LittleEndian.Uint64(from.some(8))
		if v.OverflowUint(n) {
			panic(benchJudgeGarbage("an integer out of range"))
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
			panic(benchJudgeGarbage("an array of another size"))
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
		number := int(from.some(1)[0])
		if number >= len(benchJudgeTypes) || !benchJudgeTypes[number].AssignableTo(t) {
			panic(benchJudgeGarbage("an interface of an unknown type"))
		}
		v.Set(from.get(benchJudgeTypes[number], depth+1))
	default:
		panic(unlike())
	}
	return v
}

// The process of the answer.
func benchJudgeServe(function interface{}) {
	debug.SetMaxStack(256 << 20)
	f := reflect.ValueOf(function)
	benchJudgeSend(benchJudgeSaid, []byte("ready"))
	for {
		question, err := benchJudgeReceive()
		if err != nil {
			os.Exit(0)
		}
		benchJudgeSend(benchJudgeSaid, append(question[:8:8], benchJudgeReply(f, question)...))
	}
}

func benchJudgeReply(f reflect.Value, question []byte) (reply []byte) {
	defer func() {
		if problem := recover(); problem != nil {
			reply = []byte(fmt.Sprint("Epanic: ", problem, benchJudgePlace()))
		}
	}()
	from := &benchJudgeReader{question, 8}
	if from.some(1)[0] != 'l' || from.size() != f.Type().NumIn() {
		panic(benchJudgeGarbage("another number of arguments"))
	}
	args := make([]reflect.Value, f.Type().NumIn())
	for i := range args {
		args[i] = from.get(f.Type().In(i), 0)
	}
	results := f.Call(args)
	if len(results) == 1 {
		return benchJudgePut(nil, results[0], 0)
	}
	reply = benchJudgeBegin(nil, 't', len(results))
	for _, result := range results {
		reply = benchJudgePut(reply, result, 0)
	}
	return reply
}

// The line of the answer where it stopped.
func benchJudgePlace() string {
	for _, line := range strings.Split(string(debug.Stack()), "\n") {
		if at := strings.Index(line, "answer_test.go:"); at >= 0 {
			return fmt.Sprintf(" (%s)", strings.Fields(line[at:])[0])
		}
	}
	return ""
}

// The process of the test: one verdict ends it.
func benchJudgeTell(verdict string, words string) {
	fields := []string{verdict, hex.EncodeToString([]byte(words)), hex.EncodeToString(benchJudgeQuestion), hex.EncodeToString(benchJudgeAnswer)}
	benchJudgeSend(benchJudgeResult, []byte(strings.Join(fields, " ")))
	os.Exit(0)
}

// Runs the test, and passes on what it says where it fails.
func benchJudgeTest(run func() int) {
	shown := os.Stdout
	said, err := os.CreateTemp(".", "said")
	if err != nil {
		panic(err)
	}
	os.Stdout = said
	code := run()
	os.Stdout = shown
	if code == 0 {
		benchJudgeTell("passed", "")
	}
	// It asks all there is to ask before it compares: the last call need not be the one that failed.
	benchJudgeQuestion, benchJudgeAnswer = nil, nil
	words, _ := os.ReadFile(said.Name())
	for _, line := range strings.Split(string(words), "\n") {
		if strings.Contains(line, "_test.go:") {
			benchJudgeTell("failed", strings.TrimSpace(line))
		}
	}
	benchJudgeTell("failed", string(words))
}

// A function of the type of another, which asks the answer's process.
func benchJudgeRemote[F any](function F) F {
	t := reflect.TypeOf(function)
	if _, err := benchJudgeReceive(); err != nil {
		benchJudgeTell("silent", "")
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		return benchJudgeAsk(t, args)
	}).Interface().(F)
}

func benchJudgeAsk(t reflect.Type, args []reflect.Value) []reflect.Value {
	defer func() {
		if problem := recover(); problem != nil {
			if garbage, ok := problem.(benchJudgeGarbage); ok {
				benchJudgeTell("garbage", string(garbage))
			}
			benchJudgeTell("unsupported", fmt.Sprint(problem))
		}
	}()
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		panic(err)
	}
	benchJudgeQuestion = benchJudgeBegin(nil, 'l', len(args))
	for _, arg := range args {
		benchJudgeQuestion = benchJudgePut(benchJudgeQuestion, arg, 0)
	}
	benchJudgeSend(benchJudgeSaid, append(id[:8:8], benchJudgeQuestion...))
	answer, err := benchJudgeReceive()
	if err == io.EOF {
		benchJudgeTell("silent", "")
	} else if err != nil {
		benchJudgeTell("garbage", err.Error())
	} else if len(answer) < 9 || string(answer[:8]) != string(id) {
		benchJudgeTell("forged", "")
	} else if answer[8] == 'E' {
		benchJudgeTell("error", string(answer[9:]))
	}
	benchJudgeAnswer = answer[8:]
	from := &benchJudgeReader{answer, 8}
	results := make([]reflect.Value, t.NumOut())
	if len(results) != 1 && (from.some(1)[0] != 't' || from.size() != len(results)) {
		panic(benchJudgeGarbage("another number of results"))
	}
	for i := range results {
		results[i] = from.get(t.Out(i), 0)
	}
	if from.at != len(answer) {
		panic(benchJudgeGarbage("bytes behind the value"))
	}
	return results
}

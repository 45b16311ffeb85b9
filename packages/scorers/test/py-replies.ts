/**
 * Programs that take over the pipe to their tests while they are loaded, and answer every question with whatever they like. The tests are
 * soft ones, which look at what came in many ways.
 */

/** Serves replies: the first to the first question, and so on; the last to all that follow. One that begins with `=` is Python for it. */
export const takeover = (replies: readonly string[]): string => `import os, json
replies = json.loads(${JSON.stringify(JSON.stringify(replies))})
def write(text):
    view = memoryview(len(text).to_bytes(4, "big") + text.encode())
    while view: view = view[os.write(5, view):]
def read(size):
    data = b""
    while len(data) < size:
        piece = os.read(4, size - len(data))
        if not piece: os._exit(0)
        data += piece
    return data
write('{"ready":true}')
asked = 0
while True:
    question = json.loads(read(int.from_bytes(read(4), "big")))
    reply = replies[min(asked, len(replies) - 1)]
    asked += 1
    write('{"id":"%s",%s}' % (question["id"], eval(reply[1:]) if reply[:1] == "=" else reply))
`

/** Tells the same where a test is played: all answers at once, in the place of ours and with their seal. */
export const foretold = (replies: readonly string[]): string => `import os, json, sys
replies = json.loads(${JSON.stringify(JSON.stringify(replies))})
frame = sys._getframe()
while "calls" not in frame.f_locals.get("job", ()): frame = frame.f_back
job = frame.f_locals["job"]
def write(inside):
    text = '{"seal":"%s",%s}' % (job["seal"], inside)
    view = memoryview(len(text).to_bytes(4, "big") + text.encode())
    while view: view = view[os.write(3, view):]
write('"ready":true')
for asked in range(len(job["calls"])):
    reply = replies[min(asked, len(replies) - 1)]
    write(eval(reply[1:]) if reply[:1] == "=" else reply)
os._exit(0)
`

/** Each passes for the right answer, 3, in the one form or the other that it asks for. */
export const soft: Readonly<Record<string, string>> = {
  compared: 'x = candidate(1, 2)\nassert x == 3 and not x != 3 and x in (3, 5)',
  reckoned:
    'import math\nx = candidate(1, 2)\nassert abs(x - 3) < 1e-6 and math.isclose(x, 3) and round(x) == 3',
  listed: 'x = candidate([1, 2])\nassert len(x) == 1 and list(x) == [3] and sorted(x) == [3]',
  looped:
    'seen = 0\nfor got, want in zip(candidate([1, 2]), [3]):\n    assert got == want\n    seen += 1\nassert seen == 1',
  asked: 'x = candidate(1)\nassert x.value == 3 and str(x.value) == "3"',
  changed: 'x = [1, [2]]\ncandidate(x)\nassert x == [3, [4]]',
  caught:
    'try: x = candidate(1)\nexcept ValueError as error: x = str(error)\nexcept: x = 0\nassert x == "three"',
}

const object = (number: string, kind = '"x"') => `"value":{"$object":[${number},${kind}]}`
const iterator = '"value":{"$iterator":[0,"x"]}'
const value = (text: string) => `"value":${text}`
const error = (builtin: string, more = '') => `"error":{"builtin":"${builtin}"${more}}`

/** None of them is the answer. */
export const replies: readonly (readonly string[])[] = [
  ...['0', '-1', '1e308', '"0x"', 'null', '[]'].map((number) => [object(number)]),
  [object('0', '"3"')],
  [object('0', 'null')],
  [`='"value":{"$object":[0,"' + "x" * 1_000_000 + '"]}'`],
  [object('0'), value('5')],
  [object('0'), object('0')],
  [iterator],
  [iterator, '"value":{"$tuple":[]},"more":false'],
  [iterator, '"value":"abc","more":false'],
  [iterator, value('5')],
  [iterator, error('StopIteration')],
  [iterator, error('GeneratorExit')],
  ...[
    '["T",["__class__"],[3]]',
    '["int",["count","index"],[4,3]]',
    '["class",["a"],[3]]',
    '[{"a":1},"a",[4]]',
  ].map((named) => [value(`{"$namedtuple":${named}}`)]),
  [value('{"$namedtuple":["T\\nimport os",["a"],[3]]}')],
  ...['0', '-1', 'true', '"__class__"', '9', '{}'].map((number) => [value(`{"$ref":${number}}`)]),
  [value('[{"$ref":0}]')],
  ...['[[-1,[4]]]', '[[0,5]]', '{"a":1}', '[[0,[3]],[0,[5]]]', '[[0,{"$object":[0,"x"]}]]', '5', '[0]'].map(
    (changed) => [`"value":4,"changed":${changed}`],
  ),
  ['"value":4,"changed":[[0,{"$iterator":[0,"x"]}]]', '"value":{"$tuple":[5]}'],
  [`='"value":{"$int":"0x' + "f" * 1_000_000 + '"}'`],
  [`='"value":{"$int":"' + "9" * 1_000_000 + '"}'`],
  [`='"value":' + "9" * 1_000_000`],
  ...['1E999999999999', 'sNaN', '3E-999999999999'].map((text) => [value(`{"$Decimal":"${text}"}`)]),
  [value('{"$set":[{"$Decimal":"sNaN"}]}')],
  ...['[1,0]', '["3",{"$float":"1"}]', '[3,0.5]'].map((parts) => [value(`{"$Fraction":${parts}}`)]),
  ...['[0,1000000000000000000,1]', '[0,1,0]', '["a"]'].map((parts) => [value(`{"$range":${parts}}`)]),
  [value('{"$deque":[[4],{"$int":"0xffffffffffffffffffff"}]}')],
  [value('{"$Counter":[[[1],2]]}')],
  [value('{"$dict":[[{"$float":"nan"},1],[{"$float":"nan"},1]]}')],
  [value('{"$view":["dict_values",[4]]}')],
  [value('{"$view":[[],[4]]}')],
  ...[
    'AssertionError',
    'SystemExit',
    'KeyboardInterrupt',
    'exec',
    'ExceptionGroup',
    'UnicodeDecodeError',
    'type',
  ].map((kind) => [error(kind, ',"message":"3","fatal":false')]),
  [error('ValueError', ',"message":{"a":1}')],
  [`='"error":{"builtin":"ValueError","message":"' + "x" * 1_000_000 + '"}'`],
  ...[
    '"error":{}',
    '"error":[]',
    '"error":null',
    '"passed":true',
    '"value":4,"passed":true',
    '"value":4,"id":"x"',
  ].map((reply) => [reply]),
  ...['NaN', 'Infinity', '{"$float":"nan"}', '{"$bytes":"zz"}', '{"$complex":["3","nan"]}'].map((x) => [
    value(x),
  ]),
  [value('"\\u001b]0;x\\u0007\\u202e\\ud800"')],
  [`='"value":' + "[" * 900 + "]" * 900`],
  [`='"value":' + "[" * 200_000 + "]" * 200_000`],
  [`='"value":' + '{"$list":' * 900 + "[]" + "}" * 900`],
  [`='"value":[' + "0," * 600_000 + "0]"`],
]

/**
 * Reads a pickle that holds one text, and runs nothing of it: pickle is a program, of which this knows the six ways to say a
 * text and to remember it. Format: https://github.com/python/cpython/blob/main/Lib/pickletools.py, protocols 2 to 5.
 * @throws Error naming what else the pickle would do, or that it is damaged
 */
export function pickledText(pickle: Uint8Array): string {
  const view = new DataView(pickle.buffer, pickle.byteOffset, pickle.byteLength)
  let at = 0
  let text: string | undefined
  const take = (bytes: number): number => {
    const start = at
    at += bytes
    if (at > pickle.length) throw new Error('the pickle is cut off')
    return start
  }
  const takeText = (length: number): void => {
    if (text !== undefined) throw new Error('the pickle holds more than one text')
    const start = take(length)
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(pickle.subarray(start, at))
  }
  for (;;) {
    const opcode = view.getUint8(take(1))
    switch (opcode) {
      case 0x80: {
        const protocol = view.getUint8(take(1))
        if (protocol < 2 || protocol > 5) throw new Error(`a pickle of the protocol ${protocol}`)
        break
      }
      case 0x95: // FRAME: how long what follows is, for those who read from a stream.
        take(8)
        break
      case 0x8c: // SHORT_BINUNICODE
        takeText(view.getUint8(take(1)))
        break
      case 0x58: // BINUNICODE
        takeText(view.getUint32(take(4), true))
        break
      case 0x8d: // BINUNICODE8
        takeText(Number(view.getBigUint64(take(8), true)))
        break
      case 0x94: // MEMOIZE
        break
      case 0x71: // BINPUT
        take(1)
        break
      case 0x72: // LONG_BINPUT
        take(4)
        break
      case 0x2e: // STOP
        if (text === undefined) throw new Error('the pickle holds no text')
        if (at !== pickle.length) throw new Error('bytes after the end of the pickle')
        return text
      default:
        throw new Error(
          `the pickle is no plain text: it holds ${opcodes[opcode] ?? `0x${opcode.toString(16)}`}`,
        )
    }
  }
}

/** Names of others, for messages: those that run something first. */
const opcodes: Readonly<Record<number, string>> = {
  99: 'GLOBAL',
  147: 'STACK_GLOBAL',
  82: 'REDUCE',
  98: 'BUILD',
  105: 'INST',
  111: 'OBJ',
  129: 'NEWOBJ',
  146: 'NEWOBJ_EX',
  80: 'PERSID',
  81: 'BINPERSID',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  40: 'MARK',
  41: 'EMPTY_TUPLE',
  93: 'EMPTY_LIST',
  125: 'EMPTY_DICT',
  66: 'BINBYTES',
  67: 'SHORT_BINBYTES',
  78: 'NONE',
  86: 'UNICODE',
}

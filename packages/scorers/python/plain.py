"""JSON. Importing Python's `json` takes as long as starting an interpreter in WebAssembly, where every case starts one: there, at the
one version of Python that we fetch, it is the C functions that `json` itself is made of.
"""

import sys

if sys.platform == "wasi":
    import _json

    class Syntax:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int, parse_constant = float, int, float

    def loads(text):
        return _json.make_scanner(Syntax)(str(text, "utf-8", "surrogatepass"), 0)[0]

    def dumps(data):
        quote = _json.encode_basestring_ascii
        return "".join(_json.make_encoder({}, None, quote, None, ":", ",", False, False, False)(data, 0))

else:
    import json

    loads = json.loads

    # ASCII alone, with no space between. `json.dumps` would make an encoder each time.
    dumps = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode

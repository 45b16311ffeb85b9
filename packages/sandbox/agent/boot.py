"""
The command line of the agent: reads the agent itself, its settings and the programs from stdin, then becomes it.
Some engines put bytes of their own before an attached stdin: everything up to the mark is skipped.
"""
import json
import os
import sys
import types


def read(size):
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


mark, seen = b"\0bench-agent\n", b""
while seen != mark:
    seen = (seen + read(1))[-len(mark) :]
opening = json.loads(read(int.from_bytes(read(4), "big")).decode())
package = types.ModuleType("agent")
package.__path__ = []
sys.modules["agent"] = package
for name, source in opening.pop("agent"):
    module = types.ModuleType("agent." + name)
    module.__package__ = "agent"
    sys.modules[module.__name__] = module
    setattr(package, name, module)
    exec(compile(source, "agent/%s.py" % name, "exec"), module.__dict__)
sys.modules["agent.broker"].main(opening)

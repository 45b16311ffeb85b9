"""What a call changed in its arguments, made so where the tests hold them."""


def copy_back(old, new):
    """Makes mutable arguments what the call made of them, in place."""
    for a, b in zip(old, new):
        if type(a) is not type(b):
            continue
        if isinstance(a, list):
            copy_back(a, b)
            if len(a) != len(b) or any(type(x) is not type(y) or not isinstance(x, (list, dict, set)) for x, y in zip(a, b)):
                a[:] = [x if type(x) is type(y) and isinstance(x, (list, dict, set)) else y for x, y in zip(a, b)] + b[len(a) :]
        elif isinstance(a, dict):
            kept = dict(a)
            a.clear()
            for key, value in b.items():
                old_value = kept.get(key)
                if type(old_value) is type(value) and isinstance(value, (list, dict, set)):
                    copy_back([old_value], [value])
                    value = old_value
                a[key] = value
        elif isinstance(a, set):
            a.clear()
            a.update(b)
        elif isinstance(a, bytearray):
            a[:] = b

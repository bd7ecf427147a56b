"""numpy on the other side of SharedArray's tests: reads and writes footers by the extension's documented layout, and shares no line with ours.

Answers each line of JSON [OPERATION, ARGUMENTS...] with one: [RESULT], or {"error": TEXT}.
"""

import json
import mmap
import os
import struct
import sys

import numpy as np

MAGIC = b"[SharedArray]".ljust(16, b"\0")
NUMBERS = {np.dtype(code).num: code for code in "?bBhHiIlLqQefdgFDGSUVMm"}
arrays = {}


def path(name):
    return name[len("file://"):] if name.startswith("file://") else "/dev/shm/" + name


def describe(footer, dims):
    size, number, itemsize, rank = struct.unpack_from("<qiii", footer, 16)
    shape = struct.unpack_from("<%dq" % dims, footer, 36)
    assert not any(shape[rank:]), "what is past the rank is not zero"
    code = NUMBERS[number]
    dtype = np.dtype("%s%d" % (code, itemsize // 4 if code == "U" else itemsize)) if code in "SUV" else np.dtype(code)
    assert dtype.itemsize == itemsize and size == itemsize * int(np.prod(shape[:rank], dtype=object))
    return dtype, shape[:rank], size


def attach(name):
    with open(path(name), "r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    for dims in (32, 64):
        start = len(memory) - 36 - 8 * dims
        if start >= 0 and memory[start:start + 16] == MAGIC:
            dtype, shape, size = describe(memory[start:], dims)
            assert start == size, "the footer does not follow the elements"
            return np.ndarray(shape, dtype, memory)
    raise ValueError("no array")


def create(name, shape, dtype, dims=32, mode=0o600):
    dtype = np.dtype(dtype)
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    file = os.open(path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.ftruncate(file, size + 36 + 8 * dims)
        memory = mmap.mmap(file, 0)
    finally:
        os.close(file)
    # In the order of the extension: the magic first.
    memory[size:size + 16] = MAGIC
    struct.pack_into("<qiii", memory, size + 16, size, dtype.num, dtype.itemsize, len(shape))
    struct.pack_into("<%dq" % len(shape), memory, size + 36, *shape)
    return np.ndarray(shape, dtype, memory)


def array(name):
    if name not in arrays:
        arrays[name] = attach(name)
    return arrays[name]


def make(name, shape, dtype, dims, content):
    arrays[name] = create(name, shape, dtype, dims)
    write(name, content)


def write(name, content):
    a = array(name)
    a[...] = np.frombuffer(bytes.fromhex(content), a.dtype).reshape(a.shape)


def look(name):
    a = array(name)
    return [a.dtype.str, list(a.shape), a.tobytes().hex()]


def reverse(name):
    """In place, whatever the elements are."""
    flat = array(name).reshape(-1)
    flat[...] = flat[::-1].copy()


def double(name):
    a = array(name)
    a += a


def is_range(name, factor):
    a = array(name)
    return bool(np.array_equal(a.reshape(-1), (np.arange(1, a.size + 1) * factor).astype(a.dtype)))


def over(name, shape, dtype, offset):
    """What users without the extension do."""
    from multiprocessing import resource_tracker, shared_memory
    resource_tracker.register = resource_tracker.unregister = lambda *arguments: None
    block = shared_memory.SharedMemory(name)
    a = np.ndarray(shape, dtype, block.buf, offset)
    a *= 2
    total = float(a.sum())
    del a
    block.close()
    return total


def churn(name, seconds):
    """Makes and removes arrays of one name, as the extension does, until the time is over."""
    from time import monotonic
    end, made = monotonic() + seconds, 0
    while monotonic() < end:
        kind = made % 3
        create(name, [made % 7 + 2, kind + 1], ("i4", "f8", "u1")[kind])
        os.unlink(path(name))
        made += 1
    return made


OPERATIONS = {
    "make": make,
    "write": write,
    "look": look,
    "reverse": reverse,
    "double": double,
    "is_range": is_range,
    "over": over,
    "churn": churn,
    "str": lambda name: str(attach(name)),
    "forget": lambda name: arrays.pop(name) is None,
    "version": lambda: np.__version__,
}

for line in sys.stdin:
    operation, *arguments = json.loads(line)
    try:
        print(json.dumps([OPERATIONS[operation](*arguments)]), flush=True)
    except Exception as e:
        print(json.dumps({"error": "%s: %s" % (type(e).__name__, e)}), flush=True)

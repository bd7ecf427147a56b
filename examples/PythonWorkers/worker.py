"""The Python side of PythonWorkers: nothing but the standard library, and numpy where there is one.

worker.py square BLOCK LIST INDEX WORKERS   squares its part of a block of doubles in place; its sum goes into the list
worker.py make                              makes a block and a list, and keeps them until it is sent a line
"""
import sys

if sys.version_info < (3, 9):
    sys.exit("worker.py: Python 3.9 or later is needed, this is %d.%d" % sys.version_info[:2])

from multiprocessing import resource_tracker
from multiprocessing.shared_memory import ShareableList, SharedMemory

try:
    import numpy
except ImportError:
    numpy = None

VERSION = "%d.%d.%d" % sys.version_info[:3]


# Python's resource tracker takes every block that this process attaches to for its own, and unlinks it when this process ends,
# although .NET and the other workers still use it (https://github.com/python/cpython/issues/82300). Since 3.13 one may say
# track=False; before, and for a ShareableList still, the tracker must be told to forget the name. (On Windows there is no tracker.)
def attach_block(name):
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    return forget(SharedMemory(name))


def attach_list(name):
    items = ShareableList(name=name)
    forget(items.shm)
    return items


def forget(shm):
    if sys.platform != "win32":
        resource_tracker.unregister(shm._name, "shared_memory")
    return shm


def square(block_name, list_name, index, workers):
    block, items = attach_block(block_name), attach_list(list_name)
    count = block.size // 8
    part = slice(count * index // workers, count * (index + 1) // workers)
    # Both are views of the shared bytes, not copies: what is assigned is what .NET reads.
    if numpy is not None:
        numbers = numpy.frombuffer(block.buf, dtype=numpy.float64)[part]
        numpy.square(numbers, out=numbers)
        items[2 * index] = float(numbers.sum())
    else:
        with block.buf.cast("d") as whole, whole[part] as numbers:
            for i, number in enumerate(numbers):
                numbers[i] = number * number
            items[2 * index] = sum(numbers)
    items[2 * index + 1] = VERSION + (" with numpy" if numpy is not None else "")
    # A block cannot be closed while a view of it is left.
    del numbers
    block.close()
    items.shm.close()


def make():
    # These two are Python's own: its tracker shall know them, and would clean up if this process were killed.
    block, items = SharedMemory(create=True, size=8 * 1000), ShareableList(["Python " + VERSION, 1000, 0.5, True, None, b"\x01\x02"])
    try:
        with block.buf.cast("d") as numbers:
            for i in range(1000):
                numbers[i] = i * items[2]
        print(block.name, items.shm.name, flush=True)
        sys.stdin.readline()  # or its end, if .NET is gone
        print(list(items), flush=True)
    finally:
        for shm in block, items.shm:
            shm.close()
            shm.unlink()


if sys.argv[1] == "square":
    square(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    make()

"""numpy's side of the comparison of arrays, with the extension SharedArray where that is installed. measuring.py says how it is asked."""

import mmap
import os
from itertools import repeat
from time import perf_counter_ns

import numpy as np
from measuring import best_of_three, ignore_interrupts, per_call, serve

try:
    import SharedArray
except ImportError:
    SharedArray = None

BIG = 8 << 20  # of float64: 64 MiB
PREFIX = "bench_array_%d_" % os.getpid()


def big():
    """A new array of 64 MiB as the extension makes it: a sparse block, mapped."""
    name = PREFIX + "big"
    file = os.open("/dev/shm/" + name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.ftruncate(file, 8 * BIG)
        return name, np.ndarray(BIG, np.float64, mmap.mmap(file, 0))
    finally:
        os.close(file)


def create_delete(n):
    name = PREFIX + "one"
    for _ in repeat(None, n):
        a = SharedArray.create(name, 10)
        del a
        SharedArray.delete(name)


class Attach:
    def __enter__(self):
        self.name = PREFIX + "attach"
        if SharedArray:
            SharedArray.create(self.name, 10)
        return self

    def __exit__(self, *_):
        if SharedArray:
            SharedArray.delete(self.name)

    def attach(self, n):
        for _ in repeat(None, n):
            SharedArray.attach(self.name)


def list_arrays(n):
    for _ in repeat(None, n):
        assert len(SharedArray.list()) >= 101


def first_fill(timed_from_creation):
    begin = perf_counter_ns()
    name, a = big()
    if not timed_from_creation:
        begin = perf_counter_ns()
    a.fill(1.0)
    passed = perf_counter_ns() - begin
    os.unlink("/dev/shm/" + name)
    return passed


class Warm:
    def __init__(self):
        name, self.array = big()
        os.unlink("/dev/shm/" + name)
        self.array.fill(1.0)
        self.source = np.ones(BIG)

    def fill(self, n):
        for _ in repeat(None, n):
            self.array.fill(2.0)

    def copy(self, n):
        for _ in repeat(None, n):
            np.copyto(self.array, self.source)

    def sum(self, n):
        for _ in repeat(None, n):
            self.array.sum()


def main():
    with Attach() as attach:
        warm = Warm()
        serve({
            "create-delete": per_call(create_delete, 20),
            "attach": per_call(attach.attach, 50),
            "list": per_call(list_arrays, 5),
            "fill": per_call(warm.fill, 1),
            "copy": per_call(warm.copy, 1),
            "sum": per_call(warm.sum, 1),
            "first-fill": best_of_three(lambda: first_fill(False)),
            "create-fill": best_of_three(lambda: first_fill(True)),
        })


if __name__ == "__main__":
    ignore_interrupts()
    main()

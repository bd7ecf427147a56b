"""numpy's side of the comparison of arrays, with the extension SharedArray where that is installed.

Reads lines "WHAT SECONDS" and answers each with a line of JSON like peer.py; "who" names numpy and the extension. Ends when its input ends, and
leaves nothing.
"""

import json
import mmap
import os
import signal
import sys
from itertools import repeat
from time import perf_counter_ns

import numpy as np

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


def per_call(loop, calls, seconds):
    done = 0
    begin = perf_counter_ns()
    while True:
        loop(calls)
        done += calls
        passed = perf_counter_ns() - begin
        if passed >= seconds * 1e9:
            return passed / done


def serve():
    with Attach() as attach:
        warm = Warm()
        loops = {
            "create-delete": (create_delete, 20),
            "attach": (attach.attach, 50),
            "list": (list_arrays, 5),
            "fill": (warm.fill, 1),
            "copy": (warm.copy, 1),
            "sum": (warm.sum, 1),
        }
        once = {"first-fill": lambda: first_fill(False), "create-fill": lambda: first_fill(True)}
        for line in sys.stdin:
            what, seconds = line.split()
            try:
                nanoseconds = min(once[what]() for _ in range(3)) if what in once else per_call(*loops[what], float(seconds))
                answer = {"what": what, "ns": nanoseconds}
            except Exception as e:
                answer = {"what": what, "error": "%s: %s" % (type(e).__name__, e)}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve()

"""CPython's side of the comparison.

Reads lines "WHAT SECONDS" and answers each with a line of JSON: {"what": WHAT, "ns": nanoseconds a call} or {"what": WHAT, "error": TEXT}.
SECONDS is how long a loop runs at least. Ends when its input ends, and leaves nothing.
"""

import json
import signal
import sys
from itertools import repeat
from multiprocessing import get_context
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory
from time import perf_counter_ns

SIZE = 4096
INT = 50
STR = 52


def items():
    kinds = (lambda i: i, lambda i: i / 8, lambda i: f"item{i:04d}", lambda i: i % 2 == 0, lambda i: None)
    return [kinds[i % len(kinds)](i) for i in range(100)]


def create(n):
    for _ in repeat(None, n):
        block = SharedMemory(create=True, size=SIZE)
        block.close()
        block.unlink()


def create_touch(n):
    for _ in repeat(None, n):
        block = SharedMemory(create=True, size=SIZE)
        block.buf[0] = 1
        block.close()
        block.unlink()


class Attach:
    def __enter__(self):
        self.block = SharedMemory(create=True, size=SIZE)
        return self

    def __exit__(self, *_):
        self.block.close()
        self.block.unlink()

    def attach(self, n):
        name = self.block.name
        for _ in repeat(None, n):
            SharedMemory(name).close()


class Managed:
    def __enter__(self):
        self.manager = SharedMemoryManager()
        self.manager.start()
        return self

    def __exit__(self, *_):
        # Its shutdown stumbles over names that are unlinked already and takes its full second; there is nothing left to clean up.
        self.manager._process.terminate()
        self.manager.shutdown()

    def create(self, n):
        make = self.manager.SharedMemory
        for _ in repeat(None, n):
            block = make(SIZE)
            block.close()
            block.unlink()


class List:
    def __enter__(self):
        self.list = ShareableList(items())
        return self

    def __exit__(self, *_):
        self.list.shm.close()
        self.list.shm.unlink()

    def get_int(self, n):
        shared = self.list
        for _ in repeat(None, n):
            shared[INT]

    def get_str(self, n):
        shared = self.list
        for _ in repeat(None, n):
            shared[STR]

    def get_all(self, n):
        shared = self.list
        indexes = range(len(shared))
        for _ in repeat(None, n // len(indexes)):
            for i in indexes:
                shared[i]

    def set_int(self, n):
        shared = self.list
        for i in range(n):
            shared[INT] = i

    def set_str(self, n):
        shared = self.list
        for _ in repeat(None, n):
            shared[STR] = "thing123"


def start(method):
    """Until the first byte is written into the first block. The end of the manager is not timed."""
    begin = perf_counter_ns()
    manager = SharedMemoryManager(ctx=get_context(method))
    manager.start()
    block = manager.SharedMemory(SIZE)
    block.buf[0] = 1
    passed = perf_counter_ns() - begin
    block.close()
    manager.shutdown()
    return passed


def shutdown(blocks):
    manager = SharedMemoryManager()
    manager.start()
    for _ in repeat(None, blocks):
        manager.SharedMemory(SIZE).close()
    begin = perf_counter_ns()
    manager.shutdown()
    return perf_counter_ns() - begin


ONCE = {
    "start-fork": lambda: start("fork"),
    "start-spawn": lambda: start("spawn"),
    "shutdown-0": lambda: shutdown(0),
    "shutdown-500": lambda: shutdown(500),
}


def per_call(loop, calls, seconds):
    done = 0
    begin = perf_counter_ns()
    while True:
        loop(calls)
        done += calls
        passed = perf_counter_ns() - begin
        if passed >= seconds * 1e9:
            return passed / done


def answer(loops):
    for line in sys.stdin:
        what, seconds = line.split()
        try:
            nanoseconds = ONCE[what]() if what in ONCE else per_call(*loops[what], float(seconds))
            said = {"what": what, "ns": nanoseconds}
        except Exception as e:
            said = {"what": what, "error": f"{type(e).__name__}: {e}"}
        print(json.dumps(said), flush=True)


def serve():
    with Attach() as block, Managed() as managed, List() as shared:
        loops = {
            "create": (create, 10),
            "create-touch": (create_touch, 10),
            "attach": (block.attach, 10),
            "managed": (managed.create, 10),
            "list-get-int": (shared.get_int, 1000),
            "list-get-str": (shared.get_str, 1000),
            "list-get-all": (shared.get_all, 1000),
            "list-set-int": (shared.set_int, 1000),
            "list-set-str": (shared.set_str, 1000),
        }
        answer(loops)


if __name__ == "__main__":
    # Ctrl-C is for who started this; its end comes as the end of the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.argv[1:2] == ["once"]:
        print(json.dumps({"what": sys.argv[2], "ns": ONCE[sys.argv[2]]()}))
    else:
        serve()

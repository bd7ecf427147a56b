"""CPython's side of the comparison of blocks, lists and managers. measuring.py says how it is asked."""

import json
import sys
from itertools import repeat
from multiprocessing import get_context
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory
from time import perf_counter_ns

from measuring import ignore_interrupts, once, per_call, serve

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


LIVES = {
    "start-fork": once(lambda: start("fork")),
    "start-spawn": once(lambda: start("spawn")),
    "shutdown-0": once(lambda: shutdown(0)),
    "shutdown-500": once(lambda: shutdown(500)),
}


def main():
    with Attach() as block, Managed() as managed, List() as shared:
        serve({
            **LIVES,
            "create": per_call(create, 10),
            "create-touch": per_call(create_touch, 10),
            "attach": per_call(block.attach, 10),
            "managed": per_call(managed.create, 10),
            "list-get-int": per_call(shared.get_int, 1000),
            "list-get-str": per_call(shared.get_str, 1000),
            "list-get-all": per_call(shared.get_all, 1000),
            "list-set-int": per_call(shared.set_int, 1000),
            "list-set-str": per_call(shared.set_str, 1000),
        })


if __name__ == "__main__":
    ignore_interrupts()
    if sys.argv[1:2] == ["once"]:
        print(json.dumps({"what": sys.argv[2], "ns": LIVES[sys.argv[2]](0)}))
    else:
        main()

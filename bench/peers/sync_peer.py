"""CPython's side of the comparison of locks, values and queues: through a SyncManager (proxies), and its own in shared memory and pipes.

Reads and answers lines as peer.py does.
"""

import signal
from itertools import repeat
from multiprocessing import JoinableQueue, Queue, Value
from multiprocessing.managers import SyncManager

import peer

TEXT = "thing123"


def lock_loop(lock):
    def loop(n):
        for _ in repeat(None, n):
            lock.acquire()
            lock.release()

    return loop


def get_loop(value):
    def loop(n):
        for _ in repeat(None, n):
            value.value

    return loop


def add_loop(value):
    def loop(n):
        for _ in repeat(None, n):
            with value.get_lock():
                value.value += 1

    return loop


def queue_loop(queue, joinable):
    def loop(n):
        for _ in repeat(None, n):
            queue.put(TEXT)
            queue.get()
            if joinable:
                queue.task_done()

    return loop


def main():
    with SyncManager() as manager:
        own = Value("q", 0)
        peer.answer({
            "proxied-lock": (lock_loop(manager.Lock()), 10),
            "proxied-value": (get_loop(manager.Value("q", 0)), 10),
            "proxied-queue": (queue_loop(manager.Queue(), False), 10),
            "proxied-joinable": (queue_loop(manager.JoinableQueue(), True), 10),
            "value-get": (get_loop(own), 100),
            "value-add": (add_loop(own), 100),
            "queue": (queue_loop(Queue(), False), 10),
            "joinable": (queue_loop(JoinableQueue(), True), 10),
        })


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()

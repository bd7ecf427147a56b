"""CPython's side of the comparison of locks, values and queues: through a SyncManager (proxies), and its own in shared memory and pipes.

measuring.py says how it is asked.
"""

from itertools import repeat
from multiprocessing import JoinableQueue, Queue, Value
from multiprocessing.managers import SyncManager

from measuring import ignore_interrupts, per_call, serve

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
        serve({
            "proxied-lock": per_call(lock_loop(manager.Lock()), 10),
            "proxied-value": per_call(get_loop(manager.Value("q", 0)), 10),
            "proxied-queue": per_call(queue_loop(manager.Queue(), False), 10),
            "proxied-joinable": per_call(queue_loop(manager.JoinableQueue(), True), 10),
            "value-get": per_call(get_loop(own), 100),
            "value-add": per_call(add_loop(own), 100),
            "queue": per_call(queue_loop(Queue(), False), 10),
            "joinable": per_call(queue_loop(JoinableQueue(), True), 10),
        })


if __name__ == "__main__":
    ignore_interrupts()
    main()

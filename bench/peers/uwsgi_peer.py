"""uWSGI's side of the comparison, run by a uWSGI with one area of 2 MiB; UWSGI_PEER_LIBRARY is the path of the compiled uwsgi_peer.c.

Reads lines "WHAT SECONDS" and answers each with a line of JSON after ">>> ": {"what": WHAT, "ns": nanoseconds a call} or {"what": WHAT, "error": TEXT}.
Ends when its input ends.
"""

import ctypes
import json
import os
import sys
from itertools import repeat
from time import perf_counter_ns

import uwsgi

library = ctypes.CDLL(os.environ["UWSGI_PEER_LIBRARY"])
for function in (library.measure, library.measure_two, library.measure_wake):
    function.restype = ctypes.c_double

eight = bytes(8)
page = bytes(4096)
large = bytes(1 << 20)


def loop_of(function, *args):
    def loop(n):
        for _ in repeat(None, n):
            function(*args)

    return loop


LOOPS = {
    "read64": (loop_of(uwsgi.sharedarea_read64, 0, 8), 1000),
    "write64": (loop_of(uwsgi.sharedarea_write64, 0, 8, 1), 1000),
    "inc64": (loop_of(uwsgi.sharedarea_inc64, 0, 16), 1000),
    "read4k": (loop_of(uwsgi.sharedarea_read, 0, 4096, 4096), 1000),
    "write4k": (loop_of(uwsgi.sharedarea_write, 0, 4096, page), 1000),
    "read1m": (loop_of(uwsgi.sharedarea_read, 0, 0, 1 << 20), 20),
    "write1m": (loop_of(uwsgi.sharedarea_write, 0, 0, large), 20),
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


def measure(what, seconds):
    side, *names = what.split("-")
    if side == "python":
        return per_call(*LOOPS[names[0]], seconds)
    if side == "c":
        result = library.measure(names[0].encode(), ctypes.c_double(seconds))
    elif side == "two":
        result = library.measure_two(names[0].encode(), names[1].encode(), ctypes.c_double(seconds))
    else:
        result = library.measure_wake(int(names[0]))
    if result < 0:
        raise KeyError(what)
    return result


for line in sys.stdin:
    what, seconds = line.split()
    try:
        answer = {"what": what, "ns": measure(what, float(seconds))}
    except Exception as e:
        answer = {"what": what, "error": f"{type(e).__name__}: {e}"}
    print(">>> " + json.dumps(answer), flush=True)

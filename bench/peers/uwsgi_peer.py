"""uWSGI's side of the comparison, run by a uWSGI with one area of 2 MiB; UWSGI_PEER_LIBRARY is the path of the compiled uwsgi_peer.c.

measuring.py says how it is asked; each answer begins with ">>> ", because uWSGI writes to the same output.
"""

import ctypes
import os

import uwsgi
from measuring import ignore_interrupts, loop_of, per_call, serve

library = ctypes.CDLL(os.environ["UWSGI_PEER_LIBRARY"])
for function in (library.measure, library.measure_two, library.measure_wake):
    function.restype = ctypes.c_double

eight = bytes(8)
page = bytes(4096)
large = bytes(1 << 20)

LOOPS = {
    "read64": (loop_of(uwsgi.sharedarea_read64, 0, 8), 1000),
    "write64": (loop_of(uwsgi.sharedarea_write64, 0, 8, 1), 1000),
    "inc64": (loop_of(uwsgi.sharedarea_inc64, 0, 16), 1000),
    "read4k": (loop_of(uwsgi.sharedarea_read, 0, 4096, 4096), 1000),
    "write4k": (loop_of(uwsgi.sharedarea_write, 0, 4096, page), 1000),
    "read1m": (loop_of(uwsgi.sharedarea_read, 0, 0, 1 << 20), 20),
    "write1m": (loop_of(uwsgi.sharedarea_write, 0, 0, large), 20),
}


class Measurements:
    """By name: python-WHAT and c-WHAT, two-OURS-THEIRS, wake-MILLISECONDS."""

    def __getitem__(self, what):
        side, *names = what.split("-")
        if side == "python":
            return per_call(*LOOPS[names[0]])
        if side == "c":
            return lambda seconds: known(library.measure(names[0].encode(), ctypes.c_double(seconds)))
        if side == "two":
            return lambda seconds: known(library.measure_two(names[0].encode(), names[1].encode(), ctypes.c_double(seconds)))
        return lambda _: library.measure_wake(int(names[0]))


def known(nanoseconds):
    if nanoseconds < 0:
        raise KeyError("there is no such loop in uwsgi_peer.c")
    return nanoseconds


ignore_interrupts()
serve(Measurements(), prefix=">>> ")

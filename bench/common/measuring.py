"""What the Python sides of the comparisons have in common.

A peer reads lines "WHAT SECONDS" and answers each with a line of JSON: {"what": WHAT, "ns": nanoseconds} or {"what": WHAT, "error": TEXT}. SECONDS is
how long to measure at least. It ends when its input ends, and leaves nothing. A measurement is a function of SECONDS that returns nanoseconds.
"""

import json
import signal
import sys
from itertools import repeat
from time import perf_counter_ns


def ignore_interrupts():
    """Ctrl-C is for who started this; its end comes as the end of the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def per_call(loop, calls):
    """Nanoseconds a call of what loop(n) does n times."""

    def measure(seconds):
        done = 0
        begin = perf_counter_ns()
        while True:
            loop(calls)
            done += calls
            passed = perf_counter_ns() - begin
            if passed >= seconds * 1e9:
                return passed / done

    return measure


def median_of(call):
    """The median of single calls."""
    # Not above: whom peer.py spawns to time its start imports this file, too, and that takes ten times as long as all the rest.
    from statistics import median

    def measure(seconds):
        samples = []
        end = perf_counter_ns() + seconds * 1e9
        while len(samples) < 100 or perf_counter_ns() < end:
            begin = perf_counter_ns()
            call()
            samples.append(perf_counter_ns() - begin)
        return median(samples)

    return measure


def once(action):
    """What the action itself returns."""
    return lambda _: action()


def best_of_three(action):
    return lambda _: min(action() for _ in range(3))


def loop_of(function, *args):
    """A loop around a call."""

    def loop(n):
        for _ in repeat(None, n):
            function(*args)

    return loop


def serve(measurements, prefix=""):
    for line in sys.stdin:
        what, seconds = line.split()
        try:
            answer = {"what": what, "ns": measurements[what](float(seconds))}
        except Exception as e:
            answer = {"what": what, "error": f"{type(e).__name__}: {e}"}
        print(prefix + json.dumps(answer), flush=True)

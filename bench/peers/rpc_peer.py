"""CPython's server-held objects: a SyncManager's dict, list and Value, called through their proxies.

Reads lines "WHAT SECONDS" and answers each with a line of JSON: {"what": WHAT, "ns": the median of single calls} or {"what": WHAT, "error": TEXT}.
SECONDS is how long to measure at least. Ends when its input ends, and leaves nothing.
"""

import json
import signal
import sys
from multiprocessing.managers import SyncManager
from statistics import median
from time import perf_counter_ns


def measure(call, seconds):
    samples = []
    end = perf_counter_ns() + seconds * 1e9
    while len(samples) < 100 or perf_counter_ns() < end:
        begin = perf_counter_ns()
        call()
        samples.append(perf_counter_ns() - begin)
    return median(samples)


def serve():
    with SyncManager() as manager:
        shared_dict = manager.dict({f"key{i}": i for i in range(100)})
        shared_list = manager.list(range(100))
        value = manager.Value("q", 1)
        calls = {
            "dict-get": lambda: shared_dict["key50"],
            "dict-set": lambda: shared_dict.__setitem__("key50", 7),
            "list-get": lambda: shared_list[50],
            "value-get": lambda: value.value,
        }
        for line in sys.stdin:
            what, seconds = line.split()
            try:
                answer = {"what": what, "ns": measure(calls[what], float(seconds))}
            except Exception as e:
                answer = {"what": what, "error": f"{type(e).__name__}: {e}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    # Ctrl-C is for who started this; its end comes as the end of the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve()

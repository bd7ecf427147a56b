"""The Python stage of ImagePipeline: stretches the contrast of a shared image, in place. Needs numpy and nothing else.

stretch.py NAME
"""
import mmap
import struct
import sys

import numpy as np


def attach(name):
    """What the extension SharedArray does in its attach; where it is installed, SharedArray.attach(name) is all there is to it."""
    with open("/dev/shm/" + name, "r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    footer = memory[-292:]
    if not footer.startswith(b"[SharedArray]\0"):
        sys.exit("stretch.py: '%s' is no array" % name)
    size, number, itemsize, rank = struct.unpack_from("=qiii", footer, 16)
    if number != np.dtype(np.float32).num:
        sys.exit("stretch.py: '%s' has no elements of float32" % name)
    return np.ndarray(struct.unpack_from("=%dq" % rank, footer, 36), np.float32, memory)


image = attach(sys.argv[1])
# A percent at either end is lost, and the rest goes from 0 to 1. All of these write where they read.
low, high = np.percentile(image, (1, 99)).astype(np.float32)
np.clip(image, low, high, out=image)
image -= low
image /= high - low
print("Python %d.%d with numpy %s stretched %g..%g to 0..1" % (*sys.version_info[:2], np.__version__, low, high))

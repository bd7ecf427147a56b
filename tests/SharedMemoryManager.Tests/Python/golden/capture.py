"""Writes VERSION.txt: what a stock client and a stock server of this Python's SharedMemoryManager say to each other, frame by frame.

Run once with each version: python capture.py. A line is who speaks (C, S), and the frame with its length, in hexadecimal; a line with a word begins a call.
"""
import os
import socket
import struct
import sys
import tempfile
import threading
from multiprocessing.managers import SharedMemoryManager, dispatch

KEY = b"secret"
folder = tempfile.mkdtemp()
behind, before = os.path.join(folder, "server"), os.path.join(folder, "proxy")
log = []


def exactly(conn, count):
    data = b""
    while len(data) < count:
        part = conn.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def pump(who, source, target):
    try:
        while True:
            head = exactly(source, 4)
            frame = head + exactly(source, struct.unpack("!i", head)[0])
            log.append((who, frame.hex()))
            target.sendall(frame)
    except (EOFError, OSError):
        target.close()


def proxy():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(before)
    listener.listen(5)
    ready.set()
    while True:
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(behind)
        threading.Thread(target=pump, args=("S", server, client), daemon=True).start()
        pump("C", client, server)


ready = threading.Event()
server = SharedMemoryManager(address=behind, authkey=KEY)
server.start()
threading.Thread(target=proxy, daemon=True).start()
ready.wait()
smm = SharedMemoryManager(address=before, authkey=KEY)


def call(method, *args):
    log.append((method, ""))
    conn = smm._Client(smm._address, authkey=smm._authkey)
    try:
        return dispatch(conn, None, method, args)
    except Exception as e:
        return e
    finally:
        conn.close()


log.append(("connect", ""))
smm.connect()
log.append(("SharedMemory", ""))
block = smm.SharedMemory(64)
log.append(("ShareableList", ""))
items = smm.ShareableList([1, "two"])
call("list_segments")
call("number_of_objects")
call("debug_info")
call("release_segment", items.shm.name)
call("release_segment", "psm_nosuch")
call("bogus")
with open("%d.%d.txt" % sys.version_info[:2], "w") as out:
    for who, frame in log:
        out.write((who + " " + frame).strip() + "\n")
items.shm.close()
block.close()
server.shutdown()
os.remove(before)

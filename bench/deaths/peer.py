"""CPython's part in the deaths: an owner, a client, somebody who attaches. What Role.cs does, with stock multiprocessing.

Says one line of JSON when it is ready, and answers each line of input with one. "end", like the end of the input, is a clean end.
"""

import json
import os
import sys
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import SharedMemory

SIZE = 4096
ITEMS = ["howdy", 41, 2.5, True, None]


def say(**what):
    print(json.dumps(what), flush=True)


def key():
    return bytes.fromhex(os.environ["DEATHS_KEY"])


def fill(block):
    block.buf[:SIZE] = bytes((i * 31 + 7) % 256 for i in range(SIZE))
    return block


def attempt(action):
    try:
        say(**(action() or {}))
    except Exception as e:
        say(error=f"{type(e).__name__}: {e}")


def serve(verbs):
    for line in sys.stdin:
        verb = line.strip()
        if verb == "end":
            return
        attempt(verbs[verb])


def owner():
    manager = SharedMemoryManager(authkey=key())
    manager.start()
    blocks = [fill(manager.SharedMemory(SIZE)) for _ in range(2)]
    shared = manager.ShareableList(ITEMS)
    say(server=manager._process.pid, address=manager.address, names=[*(block.name for block in blocks), shared.shm.name])

    def another():
        blocks.append(fill(manager.SharedMemory(SIZE)))
        return {"names": [blocks[-1].name]}

    serve({
        "another": another,
        "die": lambda: os._exit(1),
        "unlink": lambda: blocks[0].unlink(),
        "shutdown": lambda: manager.shutdown(),
    })
    for block in [*blocks, shared.shm]:
        block.close()
    manager.shutdown()


def client():
    manager = SharedMemoryManager(os.environ["DEATHS_ADDRESS"], authkey=key())
    manager.connect()
    block = fill(manager.SharedMemory(SIZE))
    say(names=[block.name])
    serve({})
    block.close()


def attach():
    block = SharedMemory(sys.argv[2])
    say(names=[], first=block.buf[0])
    serve({})
    block.close()


def plain():
    block = fill(SharedMemory(create=True, size=SIZE))
    say(names=[block.name])
    serve({})
    block.close()
    block.unlink()


def next_comer():
    manager = SharedMemoryManager()
    manager.start()
    manager.shutdown()
    say(names=[])


if __name__ == "__main__":
    if "DEATHS_SESSION" in os.environ:
        os.setsid()
    {"owner": owner, "client": client, "attach": attach, "plain": plain, "next": next_comer}[sys.argv[1]]()

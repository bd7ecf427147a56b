"""A client of a manager's pipe that knows nothing of it but docs/protocol.md, with nothing but the standard library. Run with the address in
MULTIPROCESSING_MANAGER and the name of a block to work on."""
import datetime, itertools, json, mmap, os, re, socket, sys


class Manager:
    def __init__(self, address):
        path, self.token = re.fullmatch(r"unix:(.*)\?token=([0-9a-f]+)", address).groups()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rwb")
        self.ids = itertools.count(1)

    def write(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.stream.flush()

    def read(self):
        length = 0
        while True:
            line = self.stream.readline()
            if not line.strip():
                break
            key, value = line.split(b":")
            if key.lower() == b"content-length":
                length = int(value)
        return json.loads(self.stream.read(length))

    def call(self, method, *positional, **named):
        id = next(self.ids)
        self.write(id=id, method=method, params=named or positional)
        answer = self.read()
        assert answer["id"] == id, answer
        if "error" in answer:
            raise RuntimeError(answer["error"]["code"])
        return answer["result"]

    def code(self, *call):
        try:
            self.call(*call)
        except RuntimeError as e:
            return e.args[0]


existing, size = sys.argv[1], 64
manager = Manager(os.environ["MULTIPROCESSING_MANAGER"])

# Errors, and the connection goes on.
assert manager.code("listBlocks") == 1
assert manager.code("hello", "no token", os.getpid()) == 1
assert manager.code("hello", manager.token, "no number") == -32602
assert manager.code("nosuch") == -32601

# By position, and by name.
manager.call("hello", manager.token, os.getpid())
hello = manager.call("hello", token=manager.token, processId=os.getpid())
assert re.fullmatch("psm_%s_c[0-9a-f]{6}_" % hello["id"], hello["prefix"]), hello
assert manager.call("ping") is None
assert [block["name"] for block in manager.call("listBlocks")] == [existing]

# Attaches, creates, tells.
file = os.open("/dev/shm/" + existing, os.O_RDWR)
with mmap.mmap(file, 0) as memory:
    memory[0] += 1
os.close(file)
name = hello["prefix"] + "1"
file = os.open("/dev/shm/" + name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
os.posix_fallocate(file, 0, size)
with mmap.mmap(file, size) as memory:
    memory[:] = b"\7" * size
os.close(file)
now = datetime.datetime.now(datetime.timezone.utc).isoformat()
manager.write(method="track", params=[{"created": [{"name": name, "kind": "strange", "size": size, "ownerProcessId": os.getpid(), "created": now}]}])
listed = [block for block in manager.call("listBlocks") if block["name"] == name][0]
assert (listed["kind"], listed["size"], listed["ownerProcessId"]) == ("strange", size, os.getpid()), listed
print("created", name, flush=True)

# Releases.
sys.stdin.readline()
assert manager.call("release", name) is True
assert manager.call("release", name) is False
assert manager.code("release", "psm_somebodys") == -32602
assert [block["name"] for block in manager.call("listBlocks")] == [existing]
print("released", flush=True)

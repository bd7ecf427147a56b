"""A client of a manager's pipe in the framing of MessagePack, with Debian's python3-msgpack. Run with the address in MULTIPROCESSING_MANAGER and the name of
a block to work on."""
import datetime, itertools, mmap, os, re, socket, struct, sys
import msgpack


class Manager:
    def __init__(self, address):
        path, self.token = re.fullmatch(r"unix:(.*)\?token=([0-9a-f]+)", address).groups()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rwb")
        self.ids = itertools.count(1)

    def write_bytes(self, body):
        self.stream.write(struct.pack(">i", len(body)) + body)
        self.stream.flush()

    def write(self, **message):
        self.write_bytes(msgpack.packb({"jsonrpc": "2.0", **message}))

    def read(self):
        length, = struct.unpack(">i", self.stream.read(4))
        return msgpack.unpackb(self.stream.read(length), strict_map_key=True)

    def call(self, method, *positional, **named):
        id = next(self.ids)
        self.write(id=id, method=method, params=named or positional)
        answer = self.read()
        assert answer["id"] == id and answer["jsonrpc"] == "2.0", answer
        if "error" in answer:
            assert isinstance(answer["error"]["message"], str)
            raise RuntimeError(answer["error"]["code"])
        return answer["result"]

    def code(self, *call):
        try:
            self.call(*call)
        except RuntimeError as e:
            return e.args[0]

    def refused(self, body):
        """The code of the error that a message gets of which no id can be told."""
        self.write_bytes(body)
        answer = self.read()
        assert answer["id"] is None, answer
        return answer["error"]["code"]


existing, size = sys.argv[1], 64
manager = Manager(os.environ["MULTIPROCESSING_MANAGER"])

# Errors, and the connection goes on.
assert manager.code("listBlocks") == 1
assert manager.code("hello", "no token", os.getpid()) == 1
assert manager.code("hello", manager.token.encode(), os.getpid()) == 1
assert manager.code("hello", manager.token, "no number") == -32602
assert manager.code("hello", manager.token, 5.0) == -32602
assert manager.code("hello", manager.token, 2**64 - 1) == -32602
assert manager.code("hello", manager.token, float("nan")) == -32602
assert manager.code("nosuch") == -32601
ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
for body, code in [
    (b"", -32700),
    (b"\xc1", -32700),
    (msgpack.packb(ping)[:-1], -32700),
    (msgpack.packb(ping) + b"\xc0", -32700),
    (msgpack.packb({**ping, 7: 7}), -32700),
    (msgpack.packb({**ping, "at": msgpack.Timestamp(1)}), -32700),
    (msgpack.packb({**ping, "no text": b"\xff".decode("utf-8", "surrogateescape")}, unicode_errors="surrogateescape"), -32700),
    (b"\x91" * 65 + b"\xc0", -32700),
    (b"\xdd\xff\xff\xff\xff", -32700),
    (b"\xdb\xff\xff\xff\xff", -32700),
    (msgpack.packb([ping]), -32600),
    (msgpack.packb(7), -32600),
    (msgpack.packb({**ping, "method": b"ping"}), -32601),
    (msgpack.packb({**ping, "id": []}), -32600),
]:
    if code == -32601:
        # Bytes are taken as text in Base64: there is no such method, but an id.
        manager.write_bytes(body)
        assert manager.read()["error"]["code"] == code
    else:
        assert manager.refused(body) == code, body

# By position, by name; keys in any order, unknown ones, ids of text and none.
manager.call("hello", manager.token, os.getpid(), None, False)
hello = manager.call("hello", token=manager.token, processId=os.getpid(), more=[1.5, -1, 2**64 - 1, None, b"\0", {"a": {}}])
assert re.fullmatch("psm_%s_c[0-9a-f]{6}_" % hello["id"], hello["prefix"]), hello
assert manager.call("ping") is None
manager.write_bytes(msgpack.packb({"traceparent": b"\0\1", "params": None, "method": "ping", "id": "text", "jsonrpc": "2.0"}))
assert manager.read() == {"jsonrpc": "2.0", "id": "text", "result": None}
manager.write_bytes(msgpack.packb({"id": None, "method": "ping"}))
assert manager.read() == {"jsonrpc": "2.0", "id": None, "result": None}
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
manager.write(method="track", params={"batch": {
    "created": [{"name": name, "kind": "strange", "size": size, "ownerProcessId": os.getpid(), "created": now}], "released": []}})
listed = [block for block in manager.call("listBlocks") if block["name"] == name][0]
assert (listed["kind"], listed["size"], listed["ownerProcessId"]) == ("strange", size, os.getpid()), listed
print("created", name, flush=True)

# Releases.
sys.stdin.readline()
assert manager.call("release", name) is True
assert manager.call("release", name=name) is False
assert manager.code("release", "psm_somebodys") == -32602
assert [block["name"] for block in manager.call("listBlocks")] == [existing]
print("released", flush=True)

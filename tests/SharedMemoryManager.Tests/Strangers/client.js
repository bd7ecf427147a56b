// A client of a manager's pipe that knows nothing of it but docs/protocol.md: Microsoft's vscode-jsonrpc. Run with the address in MULTIPROCESSING_MANAGER and
// the name of a block to work on.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const net = require('node:net');
const readline = require('node:readline');
const rpc = require('vscode-jsonrpc/node');

const [, path, token] = /^unix:(.*)\?token=([0-9a-f]+)$/.exec(process.env.MULTIPROCESSING_MANAGER);
const existing = process.argv[2];
const size = 64;

async function code(call) {
    try {
        await call;
    } catch (error) {
        return error.code;
    }
    return 0;
}

async function main() {
    const socket = net.connect(path);
    const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(socket), new rpc.StreamMessageWriter(socket));
    connection.listen();

    // Errors, and the connection goes on.
    assert.equal(await code(connection.sendRequest('listBlocks')), 1);
    assert.equal(await code(connection.sendRequest('hello', 'no token', process.pid)), 1);
    assert.equal(await code(connection.sendRequest('hello', token, 'no number')), -32602);
    assert.equal(await code(connection.sendRequest('nosuch')), -32601);

    // By position, and by name.
    await connection.sendRequest('hello', token, process.pid);
    const hello = await connection.sendRequest(
        new rpc.RequestType('hello', rpc.ParameterStructures.byName), { token, processId: process.pid, releaseOnEnd: false });
    assert.match(hello.prefix, new RegExp(`^psm_${hello.id}_c[0-9a-f]{6}_$`));
    await connection.sendRequest('ping');
    assert.deepEqual((await connection.sendRequest('listBlocks')).map(block => block.name), [existing]);

    // Attaches, creates, tells.
    const attached = fs.openSync(`/dev/shm/${existing}`, 'r+');
    const first = Buffer.alloc(1);
    fs.readSync(attached, first, 0, 1, 0);
    fs.writeSync(attached, Buffer.from([first[0] + 1]), 0, 1, 0);
    fs.closeSync(attached);
    const name = `${hello.prefix}1`;
    fs.writeFileSync(`/dev/shm/${name}`, Buffer.alloc(size, 7), { flag: 'wx', mode: 0o600 });
    await connection.sendNotification('track', {
        batch: { created: [{ name, kind: 'strange', size, ownerProcessId: process.pid, created: new Date().toISOString() }] },
    });
    const listed = (await connection.sendRequest('listBlocks')).find(block => block.name === name);
    assert.deepEqual([listed.kind, listed.size, listed.ownerProcessId], ['strange', size, process.pid]);
    console.log(`created ${name}`);

    // Releases.
    await new Promise(resolve => readline.createInterface({ input: process.stdin }).once('line', resolve));
    assert.equal(await connection.sendRequest('release', name), true);
    assert.equal(await connection.sendRequest('release', name), false);
    assert.equal(await code(connection.sendRequest('release', 'psm_somebodys')), -32602);
    assert.deepEqual((await connection.sendRequest('listBlocks')).map(block => block.name), [existing]);
    console.log('released');
    connection.dispose();
    socket.destroy();
    process.exit(0);
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});

"""Sockets of every kind: none leads out of the sandbox."""

import secrets
import socket

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect


@hostile(12)
def abstract_sockets_of_the_host_are_out_of_reach(target: Target) -> None:
    name = f"\0hostile-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        code = f"import socket\nsocket.socket(socket.AF_UNIX).connect({name!r})"
        result = target.python(code)
    expect(result.outcome == "failed" and "ConnectionRefused" in result.stderr.text, result)


@hostile(12)
def datagrams_do_not_reach_the_host(target: Target) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("0.0.0.0", 0))  # noqa: S104 - to hear from wherever it might come
        server.setblocking(False)
        port = server.getsockname()[1]
        code = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for where in ('127.0.0.1', '172.17.0.1', '10.0.2.2', '255.255.255.255', '224.0.0.1'):
    try: s.sendto(b'hello', (where, {port}))
    except OSError: pass
"""
        result = target.python(code)
        expect(result.outcome == "ok", result)
        refused = False
        try:
            server.recv(16)
        except BlockingIOError:
            refused = True
    expect(refused, "a datagram came out of the sandbox")


@hostile(12)
def names_are_not_resolved_and_that_is_known_at_once(target: Target) -> None:
    code = """
import socket, time
begun = time.monotonic()
for name in ('example.com', 'metadata.google.internal', 'host.docker.internal'):
    try: print(name, socket.getaddrinfo(name, 80))
    except OSError: pass
assert time.monotonic() - begun < 3, 'it took long'
"""
    result = target.python(code, wall_s=10.0)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(12)
def there_is_one_interface_and_no_way_to_another(target: Target) -> None:
    code = """
import socket
print([name for _, name in socket.if_nameindex()])
for family, kind, protocol in (
    (socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_INET, socket.SOCK_RAW, 255),
    (socket.AF_INET6, socket.SOCK_RAW, 58), (socket.AF_PACKET, socket.SOCK_RAW, 0x0300),
    (socket.AF_PACKET, socket.SOCK_DGRAM, 0x0300),
):
    try: socket.socket(family, kind, protocol)
    except OSError: continue
    print('made', family, kind)
try: socket.socket(socket.AF_INET).setsockopt(socket.SOL_SOCKET, 36, 7)
except OSError: pass
else: print('marked a packet')
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", "['lo']\n"), result)


@hostile(12)
def sockets_of_the_machine_below_cannot_be_made(target: Target) -> None:
    # These families know no network namespace: a hypervisor, a radio, the kernel's ciphers.
    code = """
import socket
for name, number in (('vsock', 40), ('bluetooth', 31), ('alg', 38), ('nfc', 39), ('xdp', 44), ('can', 29)):
    for kind in (1, 2, 3, 5):
        try: socket.socket(number, kind).close()
        except OSError: continue
        print('made', name)
        break
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(12)
def its_own_loopback_works_and_its_ports_are_free_again(target: Target) -> None:
    code = """
import os, socket, time
server = socket.create_server(('127.0.0.1', 4242))
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
client = socket.create_connection(('127.0.0.1', 4242), timeout=2)
other, _ = server.accept()
client.sendall(b'hello')
print(other.recv(5).decode())
named = socket.socket(socket.AF_UNIX)
named.bind('\\0taken')
"""
    for _ in range(2):
        result = target.python(code)
        expect((result.outcome, result.stdout.text) == ("ok", "hello\n"), result)

"""Jobs that behave badly, for the sandbox's tests."""

import ctypes
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evidoc.kernel.errors import Detail, DocumentEncrypted, InvalidRequest

Send = Callable[[bytes], None]
Arguments = Mapping[str, Any]


def echo(arguments: Arguments, data: bytes, send: Send) -> None:
    for _ in range(arguments.get("times", 1)):
        send(bytes(data))


def count(arguments: Arguments, data: bytes, send: Send) -> None:
    for number in range(arguments["times"]):
        send(str(number).encode())


def refuse(arguments: Arguments, data: bytes, send: Send) -> None:
    send(b"a first result")
    raise DocumentEncrypted


def refuse_in_detail(arguments: Arguments, data: bytes, send: Send) -> None:
    raise InvalidRequest("no good", [Detail("a[0].b", "is not a thing")])


def blunder(arguments: Arguments, data: bytes, send: Send) -> None:
    raise KeyError("a bug")


def segfault(arguments: Arguments, data: bytes, send: Send) -> None:
    ctypes.string_at(0)


def loop(arguments: Arguments, data: bytes, send: Send) -> None:
    while True:
        pass


def hang(arguments: Arguments, data: bytes, send: Send) -> None:
    signal.pause()


def tell_pid_and_hang(arguments: Arguments, data: bytes, send: Send) -> None:
    send(str(os.getpid()).encode())
    signal.pause()


def work_and_report(arguments: Arguments, data: bytes, send: Send) -> None:
    for number in range(arguments["steps"]):
        until = time.process_time() + arguments["cpu_seconds_each"]
        while time.process_time() < until:
            pass
        send(str(number).encode())


def eat_memory(arguments: Arguments, data: bytes, send: Send) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(1 << 22))


def eat_memory_in_c(arguments: Arguments, data: bytes, send: Send) -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while address := libc.malloc(1 << 22):
        ctypes.memset(address, 1, 1 << 22)
    # What a library does that cannot go on without memory.
    ctypes.string_at(0)


def fill_the_disk(arguments: Arguments, data: bytes, send: Send) -> None:
    with tempfile.TemporaryFile() as file:
        while True:
            file.write(bytes(1 << 20))


def try_everything(arguments: Arguments, data: bytes, send: Send) -> None:
    attempts = {
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "open 100 files": lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(100)],
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        send(name.encode())


def tell_environment(arguments: Arguments, data: bytes, send: Send) -> None:
    for name, value in os.environ.items():
        send(f"{name}={value}".encode())


def leave_files(arguments: Arguments, data: bytes, send: Send) -> None:
    Path("in_the_working_folder").write_text("x")
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"x")
    send(str(Path.cwd()).encode())
    send(file.name.encode())


def say_started_then_wait(arguments: Arguments, data: bytes, send: Send) -> None:
    Path(arguments["folder"], f"started-{os.getppid()}").touch()
    while not Path(arguments["folder"], "go").exists():
        pass
    send(b"done")

"""Giving up powers on Linux: the network, new processes, signals to others. Elsewhere these do nothing.

Filter layout: seccomp(2) and the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050001  # the call fails with EPERM
_LOAD_WORD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_RETURN = 0x06
_FIRST_X32_CALL = 0x40000000

_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# The refused calls, with their numbers on x86-64 and on ARM (None where there is no such call).
_REFUSED: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "accept": (43, 202),
    "bind": (49, 200),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "fork": (57, None),
    "vfork": (58, None),
    "clone": (56, 220),
    "clone3": (435, 435),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "io_uring_setup": (425, 425),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent goes. It must be the child of a single-threaded one."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def leave_network() -> bool:
    """Move this process, and those that it forks, into a network namespace with nothing in it, if permitted."""
    if sys.platform != "linux":
        return False
    if _libc().unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def confine() -> bool:
    """Refuse this process sockets, processes and signals from now on; tells whether the filter holds."""
    program = filter_program()
    if program is None:
        return False
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


@cache
def filter_program() -> _Program | None:
    """What the kernel runs at each system call; None where it is not known how. Made once, before any fork."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _AUDIT_ARCHITECTURE:
        return None
    column = list(_AUDIT_ARCHITECTURE).index(machine)
    calls = [number for numbers in _REFUSED.values() if (number := numbers[column]) is not None]
    refuse_at = len(calls) + 5
    steps = [
        (_LOAD_WORD, 0, 0, 4),
        (_JUMP_IF_EQUAL, 0, refuse_at - 2, _AUDIT_ARCHITECTURE[machine]),
        (_LOAD_WORD, 0, 0, 0),
        (_JUMP_IF_AT_LEAST, refuse_at - 4, 0, _FIRST_X32_CALL),
    ]
    steps += [(_JUMP_IF_EQUAL, refuse_at - 5 - number, 0, call) for number, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = b"".join(struct.pack("<HBBI", *step) for step in steps)
    return _Program(len(steps), code)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

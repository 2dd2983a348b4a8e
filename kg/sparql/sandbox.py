"""What a worker process gives up before it reads a query: sockets, memory beyond its limit, core dumps.

Queries come from strangers and the engine has no switch for any of this. Each measure stands alone; where the
platform lacks one, the refusal in kg.sparql.query is what remains.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_SECCOMP_ALLOW = 0x7FFF0000
_SECCOMP_EPERM = 0x00050000 | 1

# Instructions of the classic Berkeley packet filter.
_LOAD_WORD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_RETURN = 0x06

_OFFSET_OF_NUMBER = 0
_OFFSET_OF_ARCHITECTURE = 4


@dataclass(frozen=True)
class _Architecture:
    audit: int
    refused: tuple[int, ...]  # socket, execve, execveat, io_uring_setup (which can open sockets too)


_ARCHITECTURES = {
    "x86_64": _Architecture(0xC000003E, (41, 59, 322, 425)),
    "aarch64": _Architecture(0xC00000B7, (198, 221, 281, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def forbid_sockets() -> bool:
    """Make the kernel refuse new sockets and programs for good; threads started later inherit it.

    Sockets that are open already keep working. Needs no privilege.
    Returns: whether the platform did it (Linux on x86-64 or ARM64 with seccomp).
    Source: Linux, Documentation/userspace-api/seccomp_filter.rst.
    """
    architecture = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or architecture is None or struct.calcsize("P") != 8:
        return False
    code = _filter_for(architecture)
    buffer = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _filter_for(architecture: _Architecture) -> bytes:
    def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    refused = architecture.refused
    to_refusal = len(refused)  # instructions between the first comparison and the one that refuses
    return b"".join(
        [
            instruction(_LOAD_WORD, _OFFSET_OF_ARCHITECTURE),
            # A call in another architecture's numbering is refused: it would slip past the numbers below.
            instruction(_JUMP_IF_EQUAL, architecture.audit, if_true=0, if_false=to_refusal + 3),
            instruction(_LOAD_WORD, _OFFSET_OF_NUMBER),
            instruction(_JUMP_IF_AT_LEAST, 0x40000000, if_true=to_refusal + 1),
            *(
                instruction(_JUMP_IF_EQUAL, number, if_true=to_refusal - position)
                for position, number in enumerate(refused)
            ),
            instruction(_RETURN, _SECCOMP_ALLOW),
            instruction(_RETURN, _SECCOMP_EPERM),
        ]
    )


class Memory:
    """The address space of this process, from the moment that this is made: limited, and watched."""

    def __init__(self) -> None:
        try:
            self._pages: int | None = os.open("/proc/self/statm", os.O_RDONLY)  # stays open: read after every query
        except OSError:
            self._pages = None
        self._fresh_bytes = self.taken_bytes()
        self._limit_bytes = 0

    def limit(self, max_bytes: int) -> None:
        """Let this process take no more, where the platform has such a limit (macOS has not)."""
        if max_bytes == self._limit_bytes:
            return
        self._limit_bytes = max_bytes
        with suppress(ValueError, OSError):
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (max_bytes, hard))

    def taken_bytes(self) -> int:
        """How much address space is taken now, which is what the limit counts; 0 where unknown."""
        if self._pages is None:
            return 0
        return int(os.pread(self._pages, 100, 0).split()[0]) * resource.getpagesize()

    def is_half_used(self) -> bool:
        """Whether half of what was free under the limit has been taken since."""
        return self.taken_bytes() - self._fresh_bytes > (self._limit_bytes - self._fresh_bytes) / 2


def forbid_core_dumps() -> None:
    """A crash of the engine is reported by its message; its memory is not left on disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

"""What the kernel takes from a process before it touches what a stranger sent: rights, files, network, signals.

All of it is one-way and holds whatever libraries do afterwards. Landlock closes the file system, TCP and, where the
kernel knows how, signals and abstract sockets; a kernel without it leaves the other limits to hold. Source:
https://docs.kernel.org/userspace-api/landlock.html. Imports nothing but the standard library: a child that starts in
milliseconds needs it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

NOBODY = 65534

_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS = 1, 8, 38
# The third version of the kernel's capability sets, and CAP_DAC_READ_SEARCH.
_CAPABILITIES, _MAY_READ = 0x20080522, 1 << 2
# System calls added since Linux 5.1 have the same number on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
# Rights by the version of Landlock that brought them: files (1, 2, 3, 5), TCP (4), abstract sockets and signals (6).
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NET_RIGHTS = {4: 0b11}
_SCOPES = {6: 0b11}

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Never outlive the process that started this one; `parent` is its id. Changing the user undoes it."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        os._exit(1)


def leave_network() -> None:
    """Move to a network of its own, without any interface, where the kernel lets this process do so."""
    _libc.unshare(_CLONE_NEWNET)


def gain_nothing() -> None:
    """No program this process starts has more rights than it."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def limit(what: int, value: int) -> None:
    """Both the soft and the hard limit of one resource."""
    resource.setrlimit(what, (value, value))


def limit_processor(seconds: int) -> None:
    """SIGXCPU at the limit, SIGKILL a second later."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def become_nobody(*, reading: bool = False) -> None:
    """Root gives up its groups, ids and with them its capabilities; anyone else has none to give up.

    `reading` keeps one right of root's: to read what lies in private folders, as far as Landlock lets it.
    """
    if os.geteuid() != 0:
        return
    _check(_libc.prctl(_PR_SET_KEEPCAPS, int(reading), 0, 0, 0))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if reading:
        kept = struct.pack("=6I", _MAY_READ, _MAY_READ, 0, 0, 0, 0)
        _check(_libc.capset(struct.pack("=Ii", _CAPABILITIES, 0), kept))


def see_only(*, files: Iterable[int] = (), readable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> bool:
    """Open nothing but `files` (descriptors, to read), what is in `readable`, and what is in `writable`, to write too.

    Whether the kernel could do it. Holds for this thread and those it starts, so there must be no other one yet.
    """
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    rights = _known(_FILE_RIGHTS, version)
    handled = struct.pack("QQQ", rights, _known(_NET_RIGHTS, version), _known(_SCOPES, version))
    handled = handled[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _check(_libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0))
    for file in files:
        _allow(ruleset, file, _READ_FILE)
    for paths, given in ((readable, _EXECUTE | _READ_FILE | _READ_FOLDER), (writable, rights)):
        for path in paths:
            descriptor = os.open(path, os.O_PATH)
            _allow(ruleset, descriptor, given if path.is_dir() else given & ~_READ_FOLDER)
            os.close(descriptor)
    _check(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return True


def _allow(ruleset: int, file: int, rights: int) -> None:
    rule = struct.pack("=Qi", rights, file)
    if _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0) < 0 and ctypes.get_errno() != errno.EBADFD:
        # A copy in memory lies in no folder: Landlock takes no rule for it, and lets it open. Nothing else is excused.
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _known(rights: dict[int, int], version: int) -> int:
    return sum(bits for since, bits in rights.items() if since <= version)


def _check(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(result)

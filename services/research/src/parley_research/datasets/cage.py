"""Limits a process puts on itself before it touches what a stranger sent: memory, time, files, network, rights.

All of it is one-way. The file system and the network are closed by Landlock where the kernel has it
(https://docs.kernel.org/userspace-api/landlock.html); root becomes nobody.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from parley_research.datasets.limits import Limits

NOBODY = 65534
OPEN_FILES = 64

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_NO_NEW_PRIVS = 38
# The third version of the kernel's capability sets, and CAP_DAC_READ_SEARCH.
_CAPABILITIES, _MAY_READ = 0x20080522, 1 << 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULESET_VERSION = 1
_PATH_BENEATH = 1
# Execute, read a file, read a folder; and all thirteen rights of the first version of Landlock.
_READ = 1 << 0 | 1 << 2 | 1 << 3
_ALL = (1 << 13) - 1
# Bind and connect TCP, since the fourth version.
_NETWORK, _NETWORK_SINCE = 0b11, 4

_libc = ctypes.CDLL(None, use_errno=True)


def enter(scratch: Path, limits: Limits, *, parent: int) -> None:
    """Keep this process to `scratch`, reading the installed Python besides, and to `limits`; ends it with `parent`."""
    _limit(limits)
    os.umask(0o077)
    if os.geteuid() == 0:
        os.chown(scratch, NOBODY, NOBODY)
    os.chdir(scratch)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    closed = _close_the_file_system(scratch)
    if os.geteuid() == 0:
        _become_nobody(importing=closed)
    # Changing the user clears it, so it comes last; the parent may be gone by then.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.unpacked),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))


def _become_nobody(*, importing: bool) -> None:
    """`importing` keeps one right of root's: to read a Python that lies in a private folder, as Landlock allows."""
    _libc.prctl(_PR_SET_KEEPCAPS, int(importing), 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if importing:
        kept = struct.pack("=6I", _MAY_READ, _MAY_READ, 0, 0, 0, 0)
        _checked(_libc.capset(struct.pack("=Ii", _CAPABILITIES, 0), kept))


def _close_the_file_system(scratch: Path) -> bool:
    """Whether the kernel could do it."""
    version = _libc.syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION)
    if version < 1:
        return False
    network = _NETWORK if version >= _NETWORK_SINCE else 0
    attributes = struct.pack("QQ", _ALL, network)[: 16 if network else 8]
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))
    _allow(ruleset, _readable(), _READ)
    _allow(ruleset, [scratch], _ALL)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return True


def _readable() -> Iterable[Path]:
    """What Python may still want to import, the system's libraries, and how much memory and how many cores there are.

    Without the latter DuckDB does not start.
    """
    machine = {"/proc/self", "/proc/stat", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu"}
    named = {sys.prefix, sys.base_prefix, "/lib", "/lib64", "/usr/lib", *machine, *sys.path}
    return [path for path in map(Path, sorted(named)) if str(path) not in ("", ".") and path.exists()]


def _allow(ruleset: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        # Rights on folders do not apply to a file, such as a zip on the import path.
        given = rights if path.is_dir() else rights & ~(1 << 3)
        descriptor = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", given, descriptor)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
        os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "cannot restrict this process")
    return int(result)

"""What the kernel takes from a process before it sees a query: rights, files, network, memory, time, children.

Each line of it holds alone, whatever DuckDB does: another user, no file but one to open, nothing to write, no process
to start, an end of memory and of processor time.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import resource
import signal
import stat
import struct

NOBODY = 65534
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
# System calls added since Linux 5.1 have the same number on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH, READ_FILE = 1, 1, 1 << 2
# Rights by the version of Landlock that brought them: files (1, 2, 3, 5), TCP (4), abstract sockets and signals (6).
FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
NET_RIGHTS = {4: 0b11}
SCOPES = {6: 0b11}

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Never outlive the process that started this one; `parent` is its id."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        os._exit(1)


def leave_network() -> None:
    """Move to a network of its own, without any interface, where the kernel lets this process do so."""
    _libc.unshare(CLONE_NEWNET)


def reopenable(file: int) -> int:
    """A descriptor that nobody, too, can open again through `/dev/fd`: the file's own, or that of a sealed copy."""
    status = os.fstat(file)
    if os.geteuid() or status.st_mode & stat.S_IROTH:
        return file
    return _copied(file, status.st_size)


def confine(*, file: int, address_space: int, cpu_seconds: int) -> None:
    """Keep only what one query on `file` needs. Holds for this thread alone, so there must be no other one yet."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, file + 16)
    _limit(resource.RLIMIT_AS, address_space)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _become_nobody()
    _see_only(file)
    _limit(resource.RLIMIT_NPROC, 0)


def _copied(file: int, size: int) -> int:
    copy = os.memfd_create("table", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    done = 0
    while done < size and (sent := os.sendfile(copy, file, done, size - done)):
        done += sent
    fcntl.fcntl(copy, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    os.fchmod(copy, 0o444)
    return copy


def _become_nobody() -> None:
    """Root gives up its groups, ids and with them its capabilities; anyone else has none to give up."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _see_only(file: int) -> None:
    """Landlock (https://docs.kernel.org/userspace-api/landlock.html): no file but `file` opens, no TCP, no signals.

    A kernel without it leaves the other limits to hold.
    """
    version = _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)
    if version < 1:
        return
    handled = struct.pack("QQQ", *(_known(rights, version) for rights in (FILE_RIGHTS, NET_RIGHTS, SCOPES)))
    handled = handled[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _check(_libc.syscall(CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0))
    if _libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", READ_FILE, file), 0) < 0:
        _unless_no_rule_is_needed(ctypes.get_errno())
    _check(_libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _known(rights: dict[int, int], version: int) -> int:
    return sum(bits for since, bits in rights.items() if since <= version)


def _unless_no_rule_is_needed(error: int) -> None:
    """A copy in memory lies in no folder, so Landlock takes no rule for it and lets it open."""
    if error != errno.EBADFD:
        raise OSError(error, os.strerror(error))


def _limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def _check(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

"""What is left to a process that runs one query: one file to open, nothing to write, no process to start.

Each line of it holds alone, whatever DuckDB does.
"""

from __future__ import annotations

import fcntl
import os
import resource
import stat

from parley_common.confinement import become_nobody, die_with_parent, gain_nothing, limit, limit_processor, see_only


def reopenable(file: int) -> int:
    """A descriptor that nobody, too, can open again through `/dev/fd`: the file's own, or that of a sealed copy."""
    status = os.fstat(file)
    if os.geteuid() or status.st_mode & stat.S_IROTH:
        return file
    return _copied(file, status.st_size)


def confine(*, file: int, address_space: int, cpu_seconds: int, parent: int) -> None:
    """Keep only what one query on `file` needs, and end with `parent`.

    Holds for this thread alone, so there must be no other one yet.
    """
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, file + 16)
    limit(resource.RLIMIT_AS, address_space)
    limit_processor(cpu_seconds)
    gain_nothing()
    become_nobody()
    die_with_parent(parent)
    see_only(files=[file])
    limit(resource.RLIMIT_NPROC, 0)


def _copied(file: int, size: int) -> int:
    copy = os.memfd_create("table", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    done = 0
    while done < size and (sent := os.sendfile(copy, file, done, size - done)):
        done += sent
    fcntl.fcntl(copy, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    os.fchmod(copy, 0o444)
    return copy

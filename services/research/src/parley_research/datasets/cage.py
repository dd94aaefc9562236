"""What is left to a process that reads an upload: a folder to write to, the installed Python to import, and limits."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterable
from pathlib import Path

from parley_common.confinement import (
    NOBODY,
    become_nobody,
    die_with_parent,
    gain_nothing,
    limit,
    limit_processor,
    see_only,
)
from parley_research.datasets.limits import Limits

OPEN_FILES = 64


def enter(scratch: Path, limits: Limits, *, parent: int) -> None:
    """Keep this process to `scratch`, reading the installed Python besides, and to `limits`; ends it with `parent`."""
    limit(resource.RLIMIT_AS, limits.memory)
    limit(resource.RLIMIT_FSIZE, limits.unpacked)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    limit(resource.RLIMIT_CORE, 0)
    limit_processor(limits.cpu)
    os.umask(0o077)
    if os.geteuid() == 0:
        os.chown(scratch, NOBODY, NOBODY)
    os.chdir(scratch)
    gain_nothing()
    # Python may lie in a private folder: then nobody must still be able to read it, and nothing else.
    closed = see_only(readable=_readable(), writable=[scratch])
    become_nobody(reading=closed)
    die_with_parent(parent)


def _readable() -> Iterable[Path]:
    """What Python may still want to import, the system's libraries, and how much memory and how many cores there are.

    Without the latter DuckDB does not start.
    """
    machine = {"/proc/self", "/proc/stat", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu"}
    named = {sys.prefix, sys.base_prefix, "/lib", "/lib64", "/usr/lib", *machine, *sys.path}
    return [path for path in map(Path, sorted(named)) if str(path) not in ("", ".") and path.exists()]

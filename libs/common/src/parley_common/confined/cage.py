"""What is left to a process that reads a stranger's file: a folder to write to, the installed Python, and limits."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass
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

OPEN_FILES = 64


@dataclass(frozen=True)
class Bounds:
    """`memory` is address space and `written` the longest file, in bytes; `cpu` is in seconds."""

    memory: int
    written: int
    cpu: int


def enter(scratch: Path, bounds: Bounds, *, parent: int, readable: Iterable[Path] = ()) -> None:
    """Keep this process to `scratch`, `readable`, the installed Python, and `bounds`; ends it with `parent`."""
    limit(resource.RLIMIT_AS, bounds.memory)
    limit(resource.RLIMIT_FSIZE, bounds.written)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    limit(resource.RLIMIT_CORE, 0)
    limit_processor(bounds.cpu)
    os.umask(0o077)
    if os.geteuid() == 0:
        os.chown(scratch, NOBODY, NOBODY)
    os.chdir(scratch)
    gain_nothing()
    # Python may lie in a private folder: then nobody must still be able to read it, and nothing else.
    closed = see_only(readable=[*_needed(), *readable], writable=[scratch])
    become_nobody(reading=closed)
    die_with_parent(parent)


def _needed() -> list[Path]:
    """What Python may still want to import, the system's libraries, and how much memory and how many cores there are.

    Without the latter DuckDB does not start.
    """
    machine = {"/proc/self", "/proc/stat", "/proc/meminfo", "/sys/fs/cgroup", "/sys/devices/system/cpu"}
    named = {sys.prefix, sys.base_prefix, "/lib", "/lib64", "/usr/lib", *machine, *sys.path}
    return [path for path in map(Path, sorted(named)) if str(path) not in ("", ".") and path.exists()]

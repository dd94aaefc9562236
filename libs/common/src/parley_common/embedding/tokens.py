"""Texts to token ids, whole: the tokenizer that comes with the weights would cut and pad them by itself."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tokenizers import Tokenizer

from parley_common.embedding.texts import valid
from parley_common.embedding.weights import TOKENIZER, find


class Tokens:
    """The tokenizer of all-MiniLM-L6-v2, with its truncation and its padding off."""

    def __init__(self) -> None:
        # Threads of its own would gain little and make the library complain whenever this process starts another.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self._tokenizer = Tokenizer.from_file(str(find(TOKENIZER)))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, text: str) -> int:
        """Tokens without the special ones."""
        (found,) = self._tokenizer.encode_batch_fast([valid(text)], add_special_tokens=False)
        return len(found)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text between its two special tokens."""
        return [found.ids for found in self._tokenizer.encode_batch_fast([valid(text) for text in texts])]

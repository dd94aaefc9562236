"""Cutting a text by tokens without asking the tokenizer about the same words again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from semantic_text_splitter import TextSplitter

# A run without a space may be one token to a tokenizer, however long: it is cut all the same.
CHARACTERS_PER_TOKEN = 10
# The splitter looks at all of the rest of its text for each passage: long texts are handed to it in blocks.
BLOCK = 32_768
REMEMBERED_WORD = 32


class Measure:
    """How many tokens a text takes: exactly, or fast, as the sum over its words, each of them asked for once.

    Tokenizers that never join words across white space are met exactly by the sum; for others it is a guess, and each
    piece is verified.
    """

    def __init__(self, count: Callable[[str], int], tokens: int) -> None:
        self._count = count
        self._tokens = tokens
        self._words = _Words(count)
        self._longest = tokens * CHARACTERS_PER_TOKEN
        self._fast = TextSplitter.from_callback(self._guessed, tokens)
        self._exact = TextSplitter.from_callback(self._counted, tokens)

    def fits(self, text: str) -> bool:
        """Whether it probably needs no cutting."""
        return self._guessed(text) <= self._tokens

    def cut(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The passages in `text[start:end]`, without the white space around them."""
        for begin, stop in _blocks(text, start, end):
            for offset, piece in self._pieces(text[begin:stop]):
                # What only Python takes for white space is no passage.
                if piece.strip():
                    yield begin + offset, begin + offset + len(piece)

    def _pieces(self, block: str) -> Iterator[tuple[int, str]]:
        for offset, piece in self._fast.chunk_indices(block):
            if self._counted(piece) <= self._tokens:
                yield offset, piece
            else:
                yield from ((offset + more, part) for more, part in self._exact.chunk_indices(piece))

    def _guessed(self, text: str) -> int:
        if len(text) > self._longest:
            return self._tokens + 1
        return sum(map(self._words.__getitem__, text.split()))

    def _counted(self, text: str) -> int:
        return self._count(text) if len(text) <= self._longest else self._tokens + 1


class _Words(dict[str, int]):
    def __init__(self, count: Callable[[str], int]) -> None:
        super().__init__()
        self._count = count

    def __missing__(self, word: str) -> int:
        tokens = self._count(word)
        if len(word) <= REMEMBERED_WORD:
            self[word] = tokens
        return tokens


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > BLOCK:
        stop = _break(text, start, start + BLOCK)
        yield start, stop
        start = stop
    yield start, end


def _break(text: str, start: int, end: int) -> int:
    """The last good place to cut in the second half, or `end` where there is none."""
    half = (start + end) // 2
    places = (text.rfind(mark, half, end) + len(mark) for mark in ("\n\n", "\n", " ") if mark in text[half:end])
    return next(places, end)

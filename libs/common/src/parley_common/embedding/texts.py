"""What embedders share about texts: none is cut short silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parley_common.errors import PermanentError


class TextTooLong(PermanentError):
    """A text has more tokens than the model sees at once; embedding its beginning would pass for all of it."""

    code = "text_too_long"
    status = 413


def check_lengths(sizes: Sequence[int], window: int) -> None:
    """Refuse if one of `sizes`, in tokens, does not fit the window."""
    if sizes and (longest := max(sizes)) > window:
        raise TextTooLong(f"A text of {longest} tokens does not fit the {window} that the embedding model takes.")


def valid(text: str) -> str:
    """Half a surrogate pair, as broken documents hold, is no character: it becomes a question mark."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def batches(sizes: Sequence[int], *, tokens: int, texts: int) -> Iterator[range]:
    """The indices of `sizes` in runs of at most so many texts and tokens; a text beyond that goes alone."""
    start = total = 0
    for index, size in enumerate(sizes):
        if index > start and (index - start == texts or total + size > tokens):
            yield range(start, index)
            start, total = index, 0
        total += size
    if sizes:
        yield range(start, len(sizes))

"""Why an upload cannot be read, with a reason its owner understands."""

from __future__ import annotations

from typing import Literal

from parley_common.errors import PermanentError

Reason = Literal[
    "empty",
    "no_rows",
    "encrypted",
    "corrupt",
    "unsupported",
    "too_large",
    "too_many_rows",
    "too_many_columns",
    "too_many_cells",
    "cell_too_long",
    "too_deep",
    "timeout",
    "out_of_memory",
    "unreadable",
]


class UnreadableDataset(PermanentError):
    """The file cannot become a table; `code` is `dataset_` and a `Reason`."""

    code = "dataset_unreadable"
    status = 422


def unreadable(reason: Reason, detail: str) -> UnreadableDataset:
    """The error of one reason; `detail` is a sentence for the person who uploaded the file."""
    return UnreadableDataset(detail, code=f"dataset_{reason}")

"""Text of unknown origin made fit to be shown: no control characters, no endless cells."""

from __future__ import annotations

import json
import math
import re

from pydantic import JsonValue

# Controls but tab and newline, halves of surrogate pairs, characters that turn the direction of what follows (a text
# could show something other than it says), and code points that XML forbids.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
CUT = "…"


def clean(text: str, limit: int) -> str:
    """The text without what cannot be shown, cut to `limit` characters."""
    # A first cut bounds the work: a name may be as large as a file.
    fit = _UNFIT.sub("", text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n"))
    return fit if len(fit) <= limit and len(text) <= 2 * limit else fit[: limit - 1] + CUT


def one_line(text: str, limit: int) -> str:
    return " ".join(clean(text, limit).split())


def shown(value: JsonValue, limit: int) -> str:
    """A cell as text on one line; a missing value is empty."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return one_line(value, limit)
        case float() if math.isfinite(value) and value == round(value) and abs(value) < 1e15:
            return str(int(value))
        case int() | float():
            return clean(str(value), limit)
        case _:
            return one_line(json.dumps(value, ensure_ascii=False), limit)


def is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

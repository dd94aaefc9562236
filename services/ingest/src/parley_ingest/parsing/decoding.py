"""Which characters the bytes of a text mean."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from parley_common.byte_order_mark import marked_encoding
from parley_ingest.parsing.draft import Draft

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
SAMPLE = 256 * 1024
# A text of otherwise good UTF-8 is UTF-8 with stray bytes.
GOOD_PER_BAD = 10


def decoded(data: bytes, draft: Draft) -> str:
    """The text; a note says so if its encoding had to be guessed."""
    if marked := marked_encoding(data):
        return data.decode(marked, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    mended = data.decode(errors="replace")
    bad, good = mended.count("\ufffd"), sum(character > "\x7f" for character in mended)
    if good - bad > GOOD_PER_BAD * bad and b"\0" not in data:
        draft.notes.append(f"{bad} characters that are not UTF-8 are shown as \ufffd.")
        return mended
    name = _guessed(data[:SAMPLE])
    draft.notes.append(f"The text is not UTF-8; it was read as {name}.")
    return data.decode(name, "replace")


def page_decoded(data: bytes, draft: Draft) -> str:
    """The page in the encoding it names, if it is one."""
    if named := _CHARSET.search(data[:2048]):
        name = named[1].decode("ascii", "replace")
        try:
            return data.decode(codecs.lookup(name).name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data, draft)


def _guessed(sample: bytes) -> str:
    """The likeliest encoding; Western Europe's where it is as likely as any other."""
    matches = from_bytes(sample)
    if not (best := matches.best()):
        return "cp1252"
    western = (match for match in matches if match.encoding == "cp1252")
    equal = any(match.chaos <= best.chaos and match.coherence >= best.coherence for match in western)
    return "cp1252" if equal else best.encoding

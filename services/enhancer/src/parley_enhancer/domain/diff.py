"""What changed between two prompts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

from parley_common.contracts.enhance import Change

_TOKEN = re.compile(r"\S+\s*|\A\s+")


def diff(before: str, after: str) -> list[Change]:
    """The runs of the diff: all but the deleted ones make up `after` exactly; white space alone is no change."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, [each.strip() for each in old], [each.strip() for each in new])
    runs: list[Change] = []
    for op, start, end, new_start, new_end in matcher.get_opcodes():
        if op in ("delete", "replace"):
            # The white space between two runs is the new text's; where it has none, a deleted word brings its own.
            gap = " " if runs and not runs[-1].text[-1:].isspace() else ""
            runs.append(Change(op="delete", text=gap + "".join(old[start:end])))
        if op in ("insert", "replace"):
            runs.append(Change(op="insert", text="".join(new[new_start:new_end])))
        if op == "equal":
            runs.append(Change(op="equal", text="".join(new[new_start:new_end])))
    return [
        Change(op=op, text="".join(each.text for each in group)) for op, group in groupby(runs, key=lambda run: run.op)
    ]


def inserted(changes: list[Change]) -> list[tuple[int, int]]:
    """Where in the new text something was inserted, as character offsets."""
    spans, position = [], 0
    for change in changes:
        if change.op == "delete":
            continue
        if change.op == "insert" and change.text.strip():
            spans.append((position, position + len(change.text.rstrip())))
        position += len(change.text)
    return spans

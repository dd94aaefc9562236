"""What each column of texts means: judged on a sample, proved on every value, said where it changes anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from parley_research.datasets.kinds import NO_TEXT, NO_VALUE, Kind, candidates, likeliest

SAMPLE = 1_000
# Digits that a number of 64 bits always has room for.
LONGEST = 18
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
_CODE = re.compile(r"[A-Z]{2}")
SQL_TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "text": "VARCHAR",
}


@dataclass(frozen=True)
class Reading:
    """The type of a column, SQL that makes its values, and in words what that changes."""

    type: str
    sql: str
    read_as: str | None


@dataclass(frozen=True)
class _Proof:
    """How one candidate fared on all values: how many do not fit, one of those, and whether both words occur."""

    kind: Kind
    misfits: int
    example: str | None
    both: bool


@dataclass(frozen=True)
class _Evidence:
    """All that is known of one column; `absent` are the words for nothing that occur, `count` the other values."""

    column: str
    sample: list[str]
    count: int
    absent: list[str]
    proofs: list[_Proof]

    @property
    def proved(self) -> list[Kind]:
        """The candidates that fit every value."""
        return [
            p.kind for p in self.proofs if not p.misfits and (p.both or p.kind.style == "true/false" or not p.kind.pair)
        ]

    def styles(self) -> set[str]:
        return {kind.style for kind in self.proved}


def infer(connection: DuckDBPyConnection, source: str, columns: Sequence[str], rows: int) -> list[Reading]:
    """Read the VARCHAR `columns` of `source`, a Parquet file; the result is in their order."""
    step = max(1, rows // SAMPLE)
    evidence = [_gather(connection, source, column, step) for column in columns]
    habits = _habits(evidence)
    return [_reading(connection, source, found, habits) for found in evidence]


def trimmed(column: str) -> str:
    """SQL for the value without blanks around it, NULL if nothing is left."""
    return f"nullif(trim({column}, {_BLANKS}), '')"


def _words(words: Sequence[str]) -> str:
    return "(" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + ")"


def _gather(connection: DuckDBPyConnection, source: str, column: str, step: int) -> _Evidence:
    sample = _sample(connection, source, column, step)
    kinds = candidates(sample)
    likely = likeliest(kinds, sample)
    found = _prove(connection, source, column, sample, likely)
    return found if found.proved or len(likely) == len(kinds) else _prove(connection, source, column, sample, kinds)


def _prove(
    connection: DuckDBPyConnection, source: str, column: str, sample: list[str], kinds: Sequence[Kind]
) -> _Evidence:
    fits = "".join(
        f", count(*) FILTER (r{i} IS NULL AND v IS NOT NULL), min(v) FILTER (r{i} IS NULL), min(r{i}) < max(r{i})"
        for i in range(len(kinds))
    )
    reads = "".join(f", {kind.expression('v')} AS r{i}" for i, kind in enumerate(kinds))
    found = connection.execute(
        f"SELECT count(v), list_sort(list(DISTINCT word)){fits} FROM (SELECT v, word{reads} FROM ("  # noqa: S608
        f"SELECT CASE WHEN NOT none THEN t END AS v, CASE WHEN none THEN t END AS word FROM ("
        f"SELECT t, lower(t) IN {_words(NO_VALUE)} AS none FROM (SELECT {trimmed(column)} AS t FROM '{source}'))))"
    ).fetchall()[0]
    proofs = [_Proof(kind, *found[2 + 3 * i : 5 + 3 * i]) for i, kind in enumerate(kinds)]
    return _Evidence(column, sample, found[0], [word for word in found[1] or [] if word], proofs)


def _sample(connection: DuckDBPyConnection, source: str, column: str, step: int) -> list[str]:
    rows = connection.execute(
        f"SELECT {trimmed(column)} FROM read_parquet('{source}', file_row_number = true)"  # noqa: S608
        f" WHERE file_row_number % {step} = 0 LIMIT {2 * SAMPLE}"
    ).fetchall()
    return list(dict.fromkeys(value for (value,) in rows if value and value.lower() not in NO_VALUE))


def _habits(evidence: Sequence[_Evidence]) -> set[str]:
    """How this file writes what could mean two things: shown by the columns in which it can mean only one."""
    habits = set()
    for styles in (found.styles() for found in evidence):
        if "german" in styles and not styles & {"english", "plain"}:
            habits.add("german")
        if "dmy" in styles and "mdy" not in styles:
            habits.add("dmy")
    return habits


def _reading(connection: DuckDBPyConnection, source: str, found: _Evidence, habits: set[str]) -> Reading:
    kind = _choose(found, habits)
    if kind is None:
        return _text(connection, source, found)
    value = f"(CASE WHEN lower({trimmed(found.column)}) NOT IN {_words(NO_VALUE)} THEN {trimmed(found.column)} END)"
    said = [*_how(connection, kind, found), *_absent(found.absent)]
    return Reading(kind.type, kind.expression(value), "; ".join(said) or None)


def _choose(found: _Evidence, habits: set[str]) -> Kind | None:
    proved = found.proved
    if not proved:
        return None
    for habit in habits:
        used = [kind for kind in proved if kind.style == habit]
        if used and (habit != "german" or any("." in v or "," in v for v in found.sample)):
            return used[0]
    return proved[0]


def _how(connection: DuckDBPyConnection, kind: Kind, found: _Evidence) -> list[str]:
    if kind.pair:
        plain = kind.style == "true/false"
        return [] if plain else [f"{kind.style} read as true/false"]
    if kind.style == "zoned":
        return ["times with a zone read as UTC"]
    if kind.style in ("plain", "iso") and not any(set(value) & set("$€£¥₹%()ADEFGHJPRSUYZ") for value in found.sample):
        return []
    shown = _example(connection, kind, found.sample)
    return [shown + _doubt(kind, found)] if shown else []


def _example(connection: DuckDBPyConnection, kind: Kind, sample: Sequence[str]) -> str:
    """The value that looks least like what it is read as."""
    most = max(sample, key=_oddness, default=None)
    if most is None:
        return ""
    sql = f"SELECT ({kind.expression('v')})::VARCHAR FROM (SELECT ?::VARCHAR AS v)"  # noqa: S608
    read = str(connection.execute(sql, [most]).fetchall()[0][0]).removesuffix(".0")
    return f"{most} read as {read}" if read != most else ""


def _oddness(value: str) -> tuple[int, int, str]:
    return len({mark for mark in value if not mark.isdigit()}), len(value), value


def _doubt(kind: Kind, found: _Evidence) -> str:
    if {"dmy", "mdy"} <= found.styles():
        return " (day and month could be the other way round)"
    groups = kind.style in ("english", "german") and {"english", "german"} <= found.styles()
    return " (the separator could be a decimal one)" if groups and kind.type == "integer" else ""


def _absent(words: Sequence[str]) -> list[str]:
    return [", ".join(f"“{word}”" for word in words[:5]) + " read as missing"] if words else []


def _text(connection: DuckDBPyConnection, source: str, found: _Evidence) -> Reading:
    """Text as it stands, but for the words that mean nothing in any column."""
    absent = [word for word in found.absent if word.lower() in NO_TEXT]
    codes = [value for value in found.sample if _CODE.fullmatch(value)]
    if absent == ["NA"] and len(codes) == len(found.sample) >= 3:
        return Reading("text", _kept(found.column, []), "“NA” kept: the other values are codes of two letters as well")
    said = [*_why_text(found), *_absent(absent)]
    if not found.count and not found.absent:
        return Reading("text", _kept(found.column, []), None)
    return Reading("text", _kept(found.column, absent), "; ".join(said) or None)


def _kept(column: str, absent: Sequence[str]) -> str:
    gone = f" AND {trimmed(column)} NOT IN {_words(absent)}" if absent else ""
    return f"CASE WHEN {trimmed(column)} IS NOT NULL{gone} THEN {column} END"


def _why_text(found: _Evidence) -> list[str]:
    if found.sample and all(value.isdigit() for value in found.sample):
        if any(value.startswith("0") and value != "0" for value in found.sample):
            return ["kept as text: leading zeros"]
        if any(len(value) > LONGEST for value in found.sample):
            return ["kept as text: too many digits for a number"]
    near = min(found.proofs, key=lambda proof: proof.misfits, default=None)
    if near is None or near.kind.pair or not near.misfits:
        return []
    what = {"integer": "whole numbers", "number": "numbers"}.get(near.kind.type, f"{near.kind.type}s")
    example = (near.example or "")[:50]
    return [f"kept as text: {near.misfits} of {found.count} values are no {what}, such as “{example}”"]

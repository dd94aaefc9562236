"""JSON, as one array or as one value a line: objects become rows, their keys columns."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from parley_research.datasets.encoding import Encoding, find_encoding
from parley_research.datasets.failures import UnreadableDataset, unreadable
from parley_research.datasets.headers import find_layout, make_names
from parley_research.datasets.limits import Limits
from parley_research.datasets.staging import Staged, check_cell, check_columns, no_rows, too_many, write_cells

CHUNK = 1 << 20
_BLANK = " \t\r\n"


@dataclass
class _Columns:
    """The columns met so far, in order of appearance, and what became of nested values."""

    numbers: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    flattened: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)


def stage_records(file: BinaryIO, limits: Limits) -> Staged:
    """Write the cells and say how they were read; raises `UnreadableDataset` for what is no list of records."""
    encoding = find_encoding(file)
    notes: list[str] = list(encoding.notes)
    try:
        kind, values = _open(file, encoding, notes)
        first = next(values, None)
        if first is None:
            raise unreadable("empty", "The file holds no records.")
        staged = _stage_lists(first, values, kind, limits) if isinstance(first, list) else None
        staged = staged or _stage_objects(first, values, kind, limits)
    except RecursionError:
        raise unreadable("too_deep", "The JSON is nested too deeply.") from None
    staged.notes[:0] = notes
    return staged


def _open(file: BinaryIO, encoding: Encoding, notes: list[str]) -> tuple[str, Iterator[Any]]:
    # Every text over the file moves the same position: one is done with before the next begins.
    if _begins_with_arrays(file, encoding):
        return "ndjson", _Values(_text(file, encoding)).sequence()
    values = _Values(_text(file, encoding))
    return ("json", values.elements()) if values.begins_with("[") else _lines_or_wrapper(values, notes)


def _begins_with_arrays(file: BinaryIO, encoding: Encoding) -> bool:
    """Whether the first two lines are an array each."""
    text = _text(file, encoding)
    lines = [text.readline(CHUNK) for _ in range(2)]
    try:
        return all(isinstance(json.loads(line), list) for line in lines)
    except ValueError:
        return False


def _lines_or_wrapper(values: _Values, notes: list[str]) -> tuple[str, Iterator[Any]]:
    """One object after another, or a single object around the list that is meant."""
    sequence = values.sequence()
    first = next(sequence, None)
    second = next(sequence, None)
    if second is not None:
        return "ndjson", _chain(first, second, sequence)
    lists = {key: value for key, value in first.items() if isinstance(value, list) and value} if first else {}
    key = max(lists, key=lambda name: len(lists[name]), default=None)
    if key is None:
        return "json", iter([first] if first else [])
    notes.append(f"The records are those of the list “{key[:100]}”; what stands beside it was left out.")
    return "json", iter(lists[key])


def _chain(first: Any, second: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield second
    yield from rest


def _text(file: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    again = io.FileIO(file.fileno(), closefd=False)
    again.seek(0)
    name = codecs.lookup(encoding.name).name
    return io.TextIOWrapper(io.BufferedReader(again, CHUNK), encoding=name, errors=encoding.errors)


class _Values:
    """JSON values out of a text that is never in memory as a whole."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder()

    def begins_with(self, mark: str) -> bool:
        return self._peek() == mark

    def elements(self) -> Iterator[Any]:
        """The elements of the array that the text is."""
        self._at += 1
        if self._peek() == "]":
            return
        while True:
            yield self._value()
            mark = self._peek()
            self._at += 1
            if mark == "]":
                break
            if mark != ",":
                raise self._broken()
        if self._peek():
            raise unreadable("corrupt", "Something follows the end of the JSON array.")

    def sequence(self) -> Iterator[Any]:
        """One value after another, with or without line ends and commas between them."""
        while mark := self._peek():
            if mark == ",":
                self._at += 1
            else:
                yield self._value()

    def _peek(self) -> str:
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more(CHUNK):
                return ""

    def _value(self) -> Any:
        """One value; what has been read is doubled until it is whole, so the work stays linear."""
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if not self._more(max(CHUNK, len(self._buffer) - self._at)):
                    raise self._broken() from None
                continue
            except ValueError:
                raise unreadable("corrupt", "The JSON holds a number with thousands of digits.") from None
            if end < len(self._buffer) or not self._more(CHUNK):
                self._at = end
                return value

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        more = self._text.read(size)
        self._buffer, self._at = self._buffer[self._at :] + more, 0
        self._ended = not more
        return bool(more)

    def _broken(self) -> UnreadableDataset:
        if self._ended and self._at + CHUNK >= len(self._buffer):
            return unreadable("corrupt", "The JSON is damaged or cut off.")
        return unreadable("corrupt", "The JSON is damaged.")


def _stage_lists(first: list[Any], values: Iterator[Any], kind: str, limits: Limits) -> Staged:
    """Arrays of arrays: a grid whose first row may hold the names."""
    columns = _Columns()
    rows = [[_cell(cell, columns, "") for cell in row] for row in _lists(first, values, limits)]
    layout = find_layout(rows[:200])
    width = max(map(len, rows))
    check_columns(width, limits)
    header = rows[layout.above] if layout.header else []
    names = make_names([*header, *[""] * (width - len(header))])
    body = rows[layout.above + layout.header :]
    if not body:
        raise no_rows()
    write_cells(iter([*row, *[""] * (width - len(row))] for row in body))
    return Staged(kind, names.names, len(body), names.notes)


def _lists(first: list[Any], values: Iterator[Any], limits: Limits) -> Iterator[list[Any]]:
    for count, row in enumerate(_chain_one(first, values), start=1):
        if not isinstance(row, list):
            raise unreadable("corrupt", f"Record {count} is no list, unlike the first one.")
        if count > limits.rows_of(len(row)):
            raise too_many(len(row), limits)
        yield row


def _chain_one(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _stage_objects(first: Any, values: Iterator[Any], kind: str, limits: Limits) -> Staged:
    columns = _Columns()
    write_cells(_rows(_chain_one(first, values), columns, limits))
    names = make_names(list(columns.numbers))
    if not columns.numbers:
        raise no_rows()
    return Staged(kind, names.names, columns.rows, [*_said(columns), *names.notes])


def _rows(values: Iterator[Any], columns: _Columns, limits: Limits) -> Iterator[list[str]]:
    """Rows as long as the columns known by then: the reader fills up the early ones."""
    numbers = columns.numbers
    for value in values:
        columns.rows += 1
        cells = _flat(value, columns) if isinstance(value, dict) else {"value": value}
        row = [""] * len(numbers)
        for key, cell in cells.items():
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(numbers)
                row.append("")
                check_columns(len(numbers), limits)
            row[number] = text = _cell(cell, columns, key)
            check_cell(text, columns.rows, limits)
        if columns.rows > limits.rows_of(len(numbers)):
            raise too_many(len(numbers), limits)
        yield row or [""]


def _flat(record: dict[str, Any], columns: _Columns) -> dict[str, Any]:
    """An object in an object gives one column for each of its keys, such as `address.city`."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            columns.flattened.add(key)
            for inner, cell in value.items():
                flat[_free(f"{key}.{inner}", record)] = cell
        else:
            flat[key] = value
    return flat


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken:
        name += "."
    return name


def _cell(value: Any, columns: _Columns, key: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        columns.kept.add(key)
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _said(columns: _Columns) -> list[str]:
    said = []
    if columns.flattened:
        said.append(f"Objects within the records became columns of their own: {_list(columns.flattened)}.")
    if columns.kept:
        said.append(f"Lists and deeper objects are kept as JSON text: {_list(columns.kept)}.")
    return said


def _list(names: set[str]) -> str:
    shown = sorted(names)[:5]
    return ", ".join(f"“{name[:100]}”" for name in shown) + (" and others" if len(names) > len(shown) else "")

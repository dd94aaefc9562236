"""CSV, TSV and their relatives, read by Python's own csv module and held to one shape."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from parley_research.datasets.dialect import Dialect, find_dialect
from parley_research.datasets.encoding import Encoding, find_encoding
from parley_research.datasets.failures import unreadable
from parley_research.datasets.headers import Layout, find_layout, make_names, numbered
from parley_research.datasets.limits import Limits
from parley_research.datasets.staging import Staged, check_columns, no_rows, too_long, too_many, write_cells

SAMPLE = 256 * 1024
SAMPLE_ROWS = 200
LINE = 2**24
NAMED_LINES = 3


class _OpenQuote(Exception):
    """A quotation mark opens and nothing closes it."""


@dataclass
class _Tally:
    """What did not fit: blank lines, rows with too few cells, and the first lines with too many."""

    rows: int = 0
    blank: int = 0
    short: int = 0
    long: int = 0
    lines: list[int] = field(default_factory=list)


def stage_delimited(file: BinaryIO, limits: Limits) -> Staged:
    """Write the cells and say how they were read."""
    encoding = find_encoding(file)
    dialect, named = _find_dialect(file, encoding)
    try:
        staged = _stage(file, encoding, dialect, limits, skip=named)
    except _OpenQuote:
        dialect = Dialect(dialect.delimiter, quoted=False)
        staged = _stage(file, encoding, dialect, limits, skip=named)
        staged.notes.append("A quotation mark is never closed: quotation marks were read as any other character.")
    staged.notes[:0] = encoding.notes
    return staged


def _find_dialect(file: BinaryIO, encoding: Encoding) -> tuple[Dialect, bool]:
    """The dialect, and whether the first line only names it, as Excel's `sep=;` does."""
    sample = _text(file, encoding).read(SAMPLE)
    first = sample.partition("\n")[0]
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return Dialect(first.strip()[-1]), True
    if first.strip().lower() == "sep=":
        return Dialect("\t"), True
    whole = sample if len(sample) < SAMPLE else sample[: sample.rfind("\n") + 1] or sample
    return find_dialect(whole), False


def _text(file: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    again = io.FileIO(file.fileno(), closefd=False)
    again.seek(0)
    buffered = io.BufferedReader(again, 1 << 20)
    return io.TextIOWrapper(buffered, encoding=encoding.name, errors=encoding.errors, newline="")


class _Lines:
    """Lines of bounded length, for a file without line ends must not fill the memory; `last` is the latest."""

    def __init__(self, text: io.TextIOWrapper, *, nuls: bool) -> None:
        self._text = text
        self._nuls = nuls
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        number = 0
        while line := self._text.readline(LINE):
            number += 1
            if len(line) == LINE and not line.endswith(("\n", "\r")):
                raise unreadable("cell_too_long", f"Line {number} is longer than {LINE} characters.")
            self.last = line
            yield line.replace("\0", "") if self._nuls else line


def _stage(file: BinaryIO, encoding: Encoding, dialect: Dialect, limits: Limits, *, skip: bool) -> Staged:
    csv.field_size_limit(limits.cell)
    lines = _Lines(_text(file, encoding), nuls=encoding.nuls)
    reader = csv.reader(islice(lines, int(skip), None), **dialect.reader_options())
    tally = _Tally()
    rows = _filled_rows(reader, lines, tally, dialect, limits)
    first = list(islice(rows, SAMPLE_ROWS))
    if not first:
        raise unreadable("empty", "The file holds no values.")
    layout = find_layout(first)
    raw, notes = _names(first, layout)
    check_columns(len(raw), limits)
    names = make_names(raw)
    body = chain(first[layout.above + layout.header :], rows)
    write_cells(_fitted(body, len(raw), tally, limits))
    if not tally.rows:
        raise no_rows() if not tally.long else unreadable("corrupt", "No line of the file fits its header.")
    if tally.long > tally.rows:
        raise unreadable("corrupt", "Most lines do not have as many cells as the header: this is no table.")
    kind = "tsv" if dialect.delimiter == "\t" else "csv"
    return Staged(kind, names.names, tally.rows, [*notes, *names.notes, *_said(tally)])


def _filled_rows(reader: Any, lines: _Lines, tally: _Tally, dialect: Dialect, limits: Limits) -> Iterator[list[str]]:
    """Every row that is more than a blank line."""
    begin = end = 0
    row: list[str] = []
    try:
        for row in reader:
            begin, end = end, reader.line_num
            if row:
                yield row
            else:
                tally.blank += 1
    except csv.Error as error:
        if dialect.quoted and reader.line_num - end > 1:
            raise _OpenQuote from None
        if "field larger" in str(error):
            raise too_long(tally.rows + 1, limits) from None
        raise unreadable("corrupt", "The file cannot be told apart into cells.") from None
    spans = dialect.quoted and end - begin > 1 and row and "\n" in row[-1]
    if spans and not lines.last.rstrip("\r\n").endswith('"'):
        raise _OpenQuote


def _names(first: list[list[str]], layout: Layout) -> tuple[list[str], list[str]]:
    notes = []
    if layout.above:
        notes.append(f"Skipped {_count(layout.above, 'line')} above the table.")
    if not layout.header:
        notes.append("The file has no header: the columns are named column_1, column_2 and so on.")
        return numbered(layout.width), notes
    names = first[layout.above]
    if len(names) + 1 == layout.width:
        notes.append("The header names one column less than there are: the first one holds the names of the rows.")
        return ["", *names], notes
    return names, notes


def _fitted(rows: Iterator[list[str]], width: int, tally: _Tally, limits: Limits) -> Iterator[list[str]]:
    most = limits.rows_of(width)
    for row in rows:
        if len(row) != width:
            if any(row[width:]):
                tally.long += 1
                if len(tally.lines) < NAMED_LINES:
                    tally.lines.append(tally.rows + tally.long)
                continue
            tally.short += len(row) < width
            row = [*row, *[""] * (width - len(row))][:width]
        tally.rows += 1
        if tally.rows > most:
            raise too_many(width, limits)
        yield row


def _said(tally: _Tally) -> list[str]:
    said = []
    if tally.long:
        where = ", ".join(map(str, tally.lines))
        said.append(f"Skipped {_count(tally.long, 'line')} with more cells than columns (the first: row {where}).")
    if tally.short:
        said.append(f"{_count(tally.short, 'row')} with fewer cells than columns: the rest of the row is missing.")
    if tally.blank:
        said.append(f"Skipped {_count(tally.blank, 'blank line')}.")
    return said


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

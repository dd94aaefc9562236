"""Delimiters, headers, encodings, ragged lines: a table comes out, and what was done is said."""

from __future__ import annotations

import pytest

from .conftest import Read

SHAPES = {
    "quoted newline": ('id,t\n1,"a\nb"\n2,"c,d"\n3,x\n', ["id", "t"], [(1, "a\nb"), (2, "c,d"), (3, "x")], ""),
    "semicolons": ("n;x\nA;1,5\nB;3,5\n", ["n", "x"], [("A", 1.5), ("B", 3.5)], ""),
    "no header": ("1,5;2,5\n3,5;4,5\n", ["column_1", "column_2"], [(1.5, 2.5), (3.5, 4.5)], "no header"),
    "no header of words": (
        "red,a\nblue,b\nred,b\n",
        ["column_1", "column_2"],
        [("red", "a"), ("blue", "b"), ("red", "b")],
        "no header",
    ),
    "years as names": (
        "land,2019,2020\nDE,1.5,2.5\nFR,3.5,4.5\n",
        ["land", "2019", "2020"],
        [("DE", 1.5, 2.5), ("FR", 3.5, 4.5)],
        "",
    ),
    "repeated names": (
        "a,A,,b\n1,2,3,4\n5,6,7,8\n",
        ["a", "A_2", "column_3", "b"],
        [(1, 2, 3, 4), (5, 6, 7, 8)],
        "numbered: 1",
    ),
    "blank lines": ("\n\na,b\n1,2\n\n3,4\n", ["a", "b"], [(1, 2), (3, 4)], "Skipped 3 blank lines"),
    "a title": (
        "Report 2024\n\na,b,c\n1,2,3\n4,5,6\n",
        ["a", "b", "c"],
        [(1, 2, 3), (4, 5, 6)],
        "Skipped 1 line above",
    ),
    "long line": (
        "a,b,c\n1,2,3\n6,7,8,9\n4,5,6\n",
        ["a", "b", "c"],
        [(1, 2, 3), (4, 5, 6)],
        "Skipped 1 line with more cells",
    ),
    "short line": (
        "a,b,c\n1,2,3\n6,7\n4,5,6\n",
        ["a", "b", "c"],
        [(1, 2, 3), (6, 7, None), (4, 5, 6)],
        "1 row with fewer cells",
    ),
    "row names": ("a,b\nx,1,2\ny,3,4\n", ["column_1", "a", "b"], [("x", 1, 2), ("y", 3, 4)], "one column less"),
    "open quote": ('a,b\n1,"x\n2,y\n3,z\n', ["a", "b"], [(1, '"x'), (2, "y"), (3, "z")], "never closed"),
    "backslashes": ('a,b\n1,"say \\"hi\\", ok"\n2,y\n', ["a", "b"], [(1, 'say "hi", ok'), (2, "y")], ""),
    "one column": ("a\nhello world\nfoo, bar\nbaz\n", ["a"], [("hello world",), ("foo, bar",), ("baz",)], ""),
    "excel's hint": ("sep=;\na;b\n1;2\n", ["a", "b"], [(1, 2)], ""),
    "carriage returns": ("a,b\r1,2\r3,4\r", ["a", "b"], [(1, 2), (3, 4)], ""),
    "a last value with a newline": ('a,b\n1,x\n2,"y\n"\n', ["a", "b"], [(1, "x"), (2, "y\n")], ""),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_shape_is_recognised(read: Read, shape: str) -> None:
    text, names, rows, said = SHAPES[shape]
    loaded = await read(text)
    assert (list(loaded.types), loaded.rows()) == (names, rows)
    assert said in " ".join(loaded.profile.notes)
    assert bool(said) == bool(loaded.profile.notes)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16-LE"), ("cp1252", "Windows-1252")],
)
async def test_encoding_is_recognised_and_said(read: Read, encoding: str, said: str) -> None:
    loaded = await read("größe,n\nklein – „x“,1\ngroß,2\n".encode(encoding))
    assert loaded.values("größe") == ["klein – „x“", "groß"]
    assert said in " ".join(loaded.profile.notes)
    assert bool(said) == bool(loaded.profile.notes)


async def test_a_stray_byte_does_not_make_good_utf8_another_encoding(read: Read) -> None:
    loaded = await read(b"a,b\n" + "é,1\n".encode() * 50 + b"\xff,1\n")
    assert loaded.values("a")[:1] == ["é"]
    assert "not UTF-8 are shown" in " ".join(loaded.profile.notes)


async def test_hostile_names_are_kept_as_they_are_or_cut(read: Read) -> None:
    drop = 'x"; DROP TABLE t; --'
    quoted = drop.replace('"', '""')
    loaded = await read(f'"{quoted}","two\nlines","{"n" * 10_240}"\n1,2,3\n')
    assert list(loaded.types) == [drop, "two\nlines", "n" * 200]
    assert loaded.rows() == [(1, 2, 3)]
    assert "cut to 200 characters: 1" in " ".join(loaded.profile.notes)


async def test_tabs_make_it_tsv(read: Read) -> None:
    assert (await read("a\tb\n1\t2\n")).profile.format == "tsv"

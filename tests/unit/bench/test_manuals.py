"""Headings of pages as questions, each about one section."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.retrieval.manuals import Section, sections, squeezed

BODY = (
    "A job that waits takes no slot, so that a thousand of them may wait for as long as their people need to answer. "
    "Where it was it goes on, as every step is journaled."
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "html").mkdir()
    return tmp_path


def page(folder: Path, name: str, body: str) -> None:
    (folder / "html" / f"{name}.html").write_text(f"<html><body>{body}</body></html>")


def test_a_heading_asks_for_the_text_up_to_the_next_heading(folder: Path) -> None:
    sign = '<a class="headerlink" href="#w">¶</a>'
    page(
        folder, "jobs", f"<h2>4.1. Waiting <i>jobs</i>{sign}</h2><p>{BODY}</p><h3>Running jobs</h3><p>{BODY[::-1]}</p>"
    )
    assert sections(folder) == [
        Section("jobs", "Waiting jobs", squeezed(BODY)),
        Section("jobs", "Running jobs", squeezed(BODY[::-1])),
    ]


def test_headings_of_several_sections_or_of_one_word_or_over_nothing_ask_for_none(folder: Path) -> None:
    page(folder, "jobs", f"<h2>See also</h2><p>{BODY}</p><h2>Synopsis</h2><p>{BODY}</p><h2>Too short</h2><p>Yes.</p>")
    page(folder, "more", f"<h2>SEE ALSO</h2><p>{BODY}</p>")
    assert sections(folder) == []


def test_what_leads_to_other_pages_is_no_section(folder: Path) -> None:
    page(folder, "jobs", f"<h3>This page</h3><p>{BODY}</p><div role='main'><h1>Waiting jobs</h1><p>{BODY}</p></div>")
    assert [each.question for each in sections(folder)] == ["Waiting jobs"]


def test_a_section_is_shown_by_a_passage_that_begins_before_it_or_ends_within_it() -> None:
    section = Section("jobs", "Waiting jobs", squeezed(BODY))
    assert section.is_shown_by("jobs", squeezed(f"What came before. {BODY}"[:90]))
    assert section.is_shown_by("jobs", squeezed(BODY[10:] + "What comes after."))


def test_a_section_is_not_shown_by_its_heading_nor_by_another_page() -> None:
    section = Section("jobs", "Waiting jobs", squeezed(BODY))
    assert not section.is_shown_by("jobs", squeezed("Waiting jobs. Something else entirely, at any length you like."))
    assert not section.is_shown_by("more", squeezed(BODY))

"""The number check: what we write is always supported, and a changed digit never is."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parley_common.contracts.research import Citation, CitedNumber, Statement
from parley_research.domain.figures import figures, readable
from parley_research.domain.results import Result
from parley_research.domain.sentences import sentences
from parley_research.domain.tracing import Claim, locate, trace, unsupported

CELL = Citation(query_id="q1", row=0, column="n")
NUMBERS = st.one_of(
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e18, max_value=1e18),
)


def result(value: object, column: str = "n") -> dict[str, Result]:
    return {"q1": Result(query_id="q1", columns=[column], rows=[[value]], row_count=1)}


def claimed(text: str, written: str, value: float, column: str = "n") -> Statement:
    cited = CELL.model_copy(update={"column": column})
    start = text.index(written)
    return Statement(
        text=text, numbers=[CitedNumber(start=start, end=start + len(written), value=value, citation=cited)]
    )


def supported(written: str, value: float, column: str = "n") -> bool:
    return not unsupported(claimed(f"It is {written}.", written, value, column), result(value, column))


@given(NUMBERS)
def test_a_number_formatted_by_us_is_supported_by_its_cell(value: float) -> None:
    assert supported(readable(value), value)


@given(NUMBERS, st.data())
def test_a_changed_digit_is_never_supported(value: float, data: st.DataObject) -> None:
    written = readable(value)
    place = data.draw(st.sampled_from([index for index, letter in enumerate(written) if letter.isdigit()]))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != written[place]]))
    changed = written[:place] + digit + written[place + 1 :]
    found = figures(f" {changed} ")
    assume(len(found) == 1 and found[0].value != figures(f" {written} ")[0].value)
    assert not supported(changed, value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,234.5", 1234.54),
        ("1.2 million", 1_151_000),
        ("3k", 2_600),
        ("\N{MINUS SIGN}5.2", -5.2),
        ("1e-5", 0.00001),
        ("12 %", 12.3),
        ("2007", 2007),
        ("$5.00", 5),
        ("6,300g", 6300),
    ],
)
def test_every_way_to_write_a_number_is_read(written: str, value: float) -> None:
    assert supported(written, value)
    assert not supported(written, value * 3 + 1)


def test_a_percentage_is_scaled_only_for_columns_that_call_themselves_fractions() -> None:
    assert supported("46.1 %", 0.4612, "share")
    assert not supported("46.1 %", 0.4612, "value")
    assert not supported("0.46 %", 0.4612, "share")


@pytest.mark.parametrize(
    "text", ["There are 3,14 of them.", "It is 1.2.3 now.", "Fifty of them are left.", "About 12 exist."]
)
def test_what_cites_nothing_or_cannot_be_read_is_unsupported(text: str) -> None:
    assert unsupported(Statement(text=text), result(12))


@pytest.mark.parametrize(
    "text", ["Two of them are left.", "The plane N14228 flew.", "Column v2 is full.", "In 2007 it began."]
)
def test_names_counting_words_and_years_of_the_data_pass(text: str) -> None:
    assert not unsupported(Statement(text=text), result(2007))


def test_both_ends_of_a_range_are_checked() -> None:
    assert [each.text for each in unsupported(Statement(text="From 10\N{EN DASH}20 in all."), result(10))] == [
        "10",
        "20",
    ]


def test_names_with_digits_are_masked_and_bare_digits_only_in_quotes() -> None:
    text = "experiment 1 and “2019” are columns"
    assert not unsupported(Statement(text=text), {}, {"experiment 1", "2019"})
    assert unsupported(Statement(text="there are 2019 of them"), {}, {"2019"})


def test_dates_are_right_when_a_cell_begins_with_them() -> None:
    known = result("2013-01-05T10:00:00")
    assert not unsupported(Statement(text="On January 5, 2013 and 2013-01-05."), known)
    assert unsupported(Statement(text="On January 6, 2013."), known)


def test_ranks_reach_as_far_as_the_rows() -> None:
    assert not unsupported(Statement(text="It is the 1st."), result(1))
    assert unsupported(Statement(text="It is the 2nd."), result(1))


def test_a_citation_of_no_cell_supports_nothing() -> None:
    assert unsupported(claimed("It is 5.", "5", 5), {})


def test_sentences_with_unsupported_numbers_are_dropped_and_the_rest_keep_their_places() -> None:
    text = "The mean is 3.14, e.g. small. There are 99 others. It rose to 3.14 again."
    statement = Statement(text=text, numbers=locate(text, [Claim(written="3.14", citation=CELL)] * 2, result(3.14)))
    traced = trace(statement, result(3.14))
    assert traced.statement.text == "The mean is 3.14, e.g. small. It rose to 3.14 again."
    assert traced.dropped == ["There are 99 others."]
    assert [traced.statement.text[each.start : each.end] for each in traced.statement.numbers] == ["3.14", "3.14"]


@given(st.text(max_size=200))
def test_sentences_cover_the_text(text: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text)) == text

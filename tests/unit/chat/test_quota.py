"""Documents and earlier turns share a context by tokens: properties that hold for whatever was found."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.chat.passages import passage

from parley_chat.domain.passages import Passage
from parley_chat.domain.quota import Packed, Split, cost, pack
from parley_common.contracts.chat import SourceKind

SIZES = st.lists(st.integers(1, 120), max_size=40)
FEW = settings(max_examples=60, deadline=None)


def ranked(sizes: list[int], kind: SourceKind, *, similarity: float = 0.6) -> list[Passage]:
    return [
        passage(f"{kind} {number} " + "word " * size, kind=kind, ordinal=number, similarity=similarity)
        for number, size in enumerate(sizes)
    ]


def spent(passages: list[Passage]) -> int:
    return sum(cost(each) for each in passages)


@FEW
@given(SIZES, SIZES, st.integers(0, 5_000), st.floats(0, 1))
def test_the_budget_is_never_overspent(documents: list[int], turns: list[int], budget: int, share: float) -> None:
    packed = pack(ranked(documents, "document"), ranked(turns, "chat_history"), Split(budget, documents=share))
    assert spent(packed.documents) + spent(packed.turns) <= budget
    ledger = packed.ledger
    assert (ledger.documents.tokens, ledger.chat.tokens) == (spent(packed.documents), spent(packed.turns))


@FEW
@given(st.lists(st.integers(1, 80), min_size=40, max_size=60), st.lists(st.integers(1, 80), min_size=40, max_size=60))
def test_where_both_sides_are_full_documents_get_their_share_within_one_passage(
    documents: list[int], turns: list[int]
) -> None:
    found, said = ranked(documents, "document"), ranked(turns, "chat_history")
    budget = int(min(spent(found) / 0.7, spent(said) / 0.3))
    packed = pack(found, said, Split(budget))
    assert abs(spent(packed.documents) - 0.7 * budget) <= max(map(cost, [*found, *said]))


@FEW
@given(st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_where_one_side_is_empty_the_other_gets_all(sizes: list[int]) -> None:
    found, said = ranked(sizes, "document"), ranked(sizes, "chat_history")
    assert pack(found, [], Split(spent(found))).documents == found
    assert pack([], said, Split(spent(said))).turns == said


@FEW
@given(SIZES, SIZES, st.integers(0, 4_000))
def test_no_text_is_given_twice_and_the_same_is_packed_each_time(
    documents: list[int], turns: list[int], budget: int
) -> None:
    found, said = ranked(documents, "document"), ranked(turns, "chat_history")
    echoed = [each.model_copy(update={"kind": "chat_history", "id": passage(each.text).id}) for each in found]
    first, again = (pack([*found, *found], [*said, *echoed], Split(budget)) for _ in range(2))
    texts = [" ".join(each.text.split()) for each in [*first.documents, *first.turns]]
    assert len(texts) == len(set(texts))
    assert first == again


@FEW
@given(SIZES, SIZES)
def test_only_what_was_found_is_packed(documents: list[int], turns: list[int]) -> None:
    found, said = ranked(documents, "document"), ranked(turns, "chat_history")
    packed = pack(found, said, Split(2_000))
    assert {each.id for each in packed.documents} <= {each.id for each in found}
    assert {each.id for each in packed.turns} <= {each.id for each in said}
    assert len(packed.ledger.passages) == len(found) + len(said)


def test_a_side_whose_best_hit_is_below_its_gate_gets_nothing_and_the_other_all() -> None:
    found, said = ranked([20] * 9, "document", similarity=0.19), ranked([20] * 9, "chat_history")
    packed = pack(found, said, Split(spent(said), document_gate=0.2))
    assert (packed.documents, packed.turns) == ([], said)
    assert {each.fate for each in packed.ledger.passages if each.type == "document"} == {"below_gate"}
    assert (packed.ledger.documents.share, packed.ledger.chat.share) == (0.0, 1.0)


def test_memory_is_not_starved_where_a_weight_on_ranks_would_leave_it_nothing() -> None:
    found, said = ranked([30] * 50, "document"), ranked([30] * 50, "chat_history")
    budget = 10 * cost(found[0])
    weighted = sorted(
        [(0.7 / (60 + rank), each) for rank, each in enumerate(found)]
        + [(0.3 / (60 + rank), each) for rank, each in enumerate(said)],
        key=lambda scored: -scored[0],
    )
    assert all(each.kind == "document" for _, each in weighted[:10])
    assert len(pack(found, said, Split(budget)).turns) == 2
    assert share_of_chat(pack(found, said, Split(budget))) > 0.15


def share_of_chat(packed: Packed) -> float:
    return packed.ledger.chat.share

"""Documents and earlier turns share one context by tokens: a quota over two ranked lists, never a weight on scores.

A weight would compare what cannot be compared, and the side with more good hits would starve the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from parley_chat.domain.passages import Numbered, Passage
from parley_chat.domain.tokens import estimate
from parley_common.contracts.chat import ChatLedger, Fate, Retrieved, SideShare

# Number, names and quotes around a passage where a model reads it.
WRAPPING = 40


@dataclass(frozen=True, slots=True)
class Split:
    """How a budget of tokens is divided, and how similar a side's best hit must be for the side to get anything."""

    budget: int
    documents: float = 0.7
    document_gate: float = 0.0
    chat_gate: float = 0.0


@dataclass(frozen=True, slots=True)
class Packed:
    """What goes into the context, documents first, and what became of everything that was found."""

    documents: list[Passage]
    turns: list[Passage]
    ledger: ChatLedger

    @property
    def numbered(self) -> list[Numbered]:
        return [Numbered(n=n, passage=each) for n, each in enumerate([*self.documents, *self.turns], start=1)]


def cost(passage: Passage) -> int:
    return estimate(passage.text) + estimate(passage.title) + estimate(passage.heading) + WRAPPING


def pack(documents: Sequence[Passage], turns: Sequence[Passage], split: Split) -> Packed:
    """Fill the budget with whole passages, best first; what one side cannot use goes to the other."""
    sides = _Side(documents, split.document_gate), _Side(turns, split.chat_gate)
    texts: set[str] = set()
    for side in sides:
        side.drop_duplicates(texts)
    mine, theirs = sides
    share = int(split.budget * split.documents)
    quotas = _quotas(share, split.budget - share, mine.wanted, theirs.wanted)
    mine.take(quotas[0])
    theirs.take(quotas[1])
    # Whole passages leave a rest on either side, too small for that side's next one, perhaps not for the other's.
    mine.take(split.budget - theirs.spent)
    theirs.take(split.budget - mine.spent)
    return Packed(mine.kept, theirs.kept, _ledger(mine, theirs, quotas, split))


def _quotas(documents: int, chat: int, wanted_documents: int, wanted_chat: int) -> tuple[int, int]:
    budget = documents + chat
    return budget - min(chat, wanted_chat), budget - min(documents, wanted_documents)


class _Side:
    """One ranked list, and the fate of each of its passages."""

    def __init__(self, found: Sequence[Passage], gate: float) -> None:
        unique: dict[UUID, Passage] = {}
        for each in found:
            unique.setdefault(each.id, each)
        self.found = list(unique.values())
        self.gate = gate
        self.best = max((each.similarity for each in found if each.similarity is not None), default=None)
        closed = self.best is None or self.best < gate
        self.fates: dict[UUID, Fate] = {each.id: "below_gate" if closed else "over_quota" for each in found}
        self.costs = {each.id: cost(each) for each in found}

    @property
    def kept(self) -> list[Passage]:
        return [each for each in self.found if self.fates[each.id] == "kept"]

    @property
    def spent(self) -> int:
        return sum(self.costs[each.id] for each in self.kept)

    @property
    def wanted(self) -> int:
        return sum(self.costs[identity] for identity, fate in self.fates.items() if fate == "over_quota")

    def drop_duplicates(self, texts: set[str]) -> None:
        """Each text once, on the side that has it first."""
        for each in self.found:
            if self.fates[each.id] == "over_quota":
                text = " ".join(each.text.casefold().split())
                if text in texts:
                    self.fates[each.id] = "duplicate"
                texts.add(text)

    def take(self, quota: int) -> None:
        left = quota - self.spent
        for each in self.found:
            if self.fates[each.id] == "over_quota" and self.costs[each.id] <= left:
                self.fates[each.id] = "kept"
                left -= self.costs[each.id]

    def share(self, quota: int, whole: int) -> SideShare:
        return SideShare(
            quota=quota if self.wanted or self.kept else 0,
            tokens=self.spent,
            share=round(self.spent / whole, 4) if whole else 0.0,
            best=self.best,
            gate=self.gate,
            found=len(self.found),
            kept=len(self.kept),
        )


def _ledger(documents: _Side, turns: _Side, quotas: tuple[int, int], split: Split) -> ChatLedger:
    whole = documents.spent + turns.spent
    return ChatLedger(
        budget=split.budget,
        documents=documents.share(quotas[0], whole),
        chat=turns.share(quotas[1], whole),
        passages=[_retrieved(side, each) for side in (documents, turns) for each in side.found],
    )


def _retrieved(side: _Side, passage: Passage) -> Retrieved:
    return Retrieved(
        id=passage.id,
        type=passage.kind,
        source=passage.source,
        title=passage.title,
        ordinal=passage.ordinal,
        tokens=side.costs[passage.id],
        score=round(passage.score, 6),
        similarity=None if passage.similarity is None else round(passage.similarity, 4),
        fate=side.fates[passage.id],
    )

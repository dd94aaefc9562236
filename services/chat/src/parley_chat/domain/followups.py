"""Questions that only mean something in their conversation, and what they are taken to mean without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources

from parley_chat.domain.terms import terms
from parley_common.contracts.chat import ChatMessage

CARRIED = 8
LOOKED_BACK = 2
_WORD = re.compile(r"\w+(?:[-.,&]\w+)*")
# Pronouns and the like, in six languages.
_POINTING = frozenset((resources.files(__package__) / "pointing_words.txt").read_text().split())
_CONTINUING = re.compile(
    r"\W*(?:and|or|but|so|also|what about|how about|why|when|where|who|which"
    r"|und|oder|aber|warum|et|mais|pourquoi|y|e|ma|mas)\b",
    re.IGNORECASE,
)
FEW = 2


def leans(question: str) -> bool:
    """Whether a question points back at what was said: by a pronoun, by how it begins, or by saying hardly anything."""
    said = [each.casefold() for each in _WORD.findall(question)]
    own = terms(question)
    continues = _CONTINUING.match(question) is not None and len(own) <= FEW
    return len(own) < FEW or continues or any(each in _POINTING for each in said)


def carried_over(question: str, history: Sequence[ChatMessage]) -> str | None:
    """The question with the topic words of the user's last questions behind it; `None` if it stands alone."""
    asked = [message.content for message in history if message.role == "user"][-LOOKED_BACK:]
    if not asked or not leans(question):
        return None
    known = set(terms(question))
    topic: list[str] = []
    for text in reversed(asked):
        for word in _WORD.findall(text):
            fresh = [each for each in terms(word) if each not in known]
            if fresh and len(topic) < CARRIED:
                known.update(fresh)
                topic.append(word)
        if topic and not leans(text):
            break
    return f"{question} {' '.join(topic)}" if topic else None

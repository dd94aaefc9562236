"""A question in plainer words: ranges, decades, short forms and days as the grammar reads them."""

# Patterns are read in one line.
# ruff: noqa: E501
from __future__ import annotations

import re

from parley_research.domain.dated import MONTH

_TOP = "(?:highest|longest|largest|biggest|maximum|max|greatest)"
_END = "(?:lowest|shortest|smallest|minimum|min)"
_PLAINER = (
    (r"\b(\d{4})\s*[-–—]\s*(\d{4})\b", r"\1 to \2"),
    (r"\b(?:the )?(\d{3})0s\b", r"from \g<1>0 to \g<1>9"),
    (rf"\b({MONTH})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)\b(?! \d{{4}})", r"\1 \2"),
    (rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th) (?:of )?({MONTH})\b(?!,? \d{{4}})", r"\2 \1"),
    (r"\b(what|how|where|who)s\b", r"\1 is"),
    (r"(?<=\w)['’](?:ve|d|re|ll|m)\b", " "),
    (r"\boutweighs?\b", "weigh more than"),
    (r"\bfirst and (?:the )?last\b", "earliest and latest"),
    (r"\btime of (?:the )?day\b", "time"),
    (r"\b(?:on time or early|early or on time)\b", "not late"),
    (r"\bfrom (\d{4}) (?:on|onwards?|forwards?|upwards?)\b(?! the)", r"since \1"),
    (r"\b(\d{4}) onwards?\b", r"since \1"),
    (r"\bcross-?\s?tab(?:ulate|ulation of)?\b", "number of rows by"),
    (r"\bsum up\b", "sum of"),
    (r"\bfirst and third quartiles?\b", "quartiles"),
    (r"\bleads? in\b", "has the highest"),
    (rf"\b(?:spread|gap|range) between (?:the )?{_TOP} and (?:the )?{_END}(?: of)?\b", "range of"),
    (r"\bper cap\b", "per capita"),
    (r"\bby how many \w+ (?=(?:did|do|does|has|have)\b)", "how much "),
    (
        r"\bhow (?:much|volatile|variable|skewed) (?:does|do|did|is|was|are|were) (.{1,40}?)(?: vary| varies)? ?\((standard deviation|variance)\)",
        r"\2 of \1",
    ),
    (r"\bhow skewed (?:is|are)\b", "skewness of"),
    (r"\btypical \((median|mean|average)\)", r"\1"),
    (r"\btypical ([\w ]{1,40}?) \((median|mean|average)\)", r"\2 \1"),
    (r"\bhour of (?:the )?day\b", "hour"),
    (r"\bhow many times\b", "how often"),
    (rf"\bdifference between (?:the )?{_TOP} and (?:the )?{_END}(?: of)?\b", "range of"),
    (r"\bhalf an hour\b", "30 minutes"),
    (
        r"\b(than|over|under|least|most) an? (?=(?:hour|minute|year|week|day|kilo|kg|ton|mile|dollar|million)\b)",
        r"\1 1 ",
    ),
)


def plainer(question: str) -> str:
    """Ranges, decades and "an hour" as the numbers they are."""
    for pattern, plain in _PLAINER:
        question = re.sub(pattern, plain, question, flags=re.IGNORECASE)
    return question

"""Cutting a prompt into pieces that can be moved without changing what they say.

A piece is a sentence with the list below it, a clause that stands on its own, or material that must stay whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parley_common.contracts.enhance import Element
from parley_enhancer.domain.elements import is_request, kind
from parley_enhancer.domain.lexicon import Lexicon
from parley_enhancer.domain.literals import covers, literals

Place = Element | str
ORDER: tuple[str, ...] = (
    "role", "goal", "context", "audience", "tone", "format", "constraints", "examples", "material",
)  # fmt: skip
_WHOLE = frozenset({"summarise", "translate", "analyse"})
_LONG, _TAIL = 700, 16
_BULLET = re.compile(r"\s*(?:[-*•+]|\d{1,2}[.)])\s+\S")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»)*_]*(?:\s+)(?=\S)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|max|min|mr|mrs|ms|dr|prof|st|no|approx|z\.\s?b|bzw|ca|inkl|usw|d\.h|nr|str|p\.\s?ex|sr|sra|m|mme|art|es|ecc)"
    r"|\b[^\W\d_]|^\s*\d{1,2})\.$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
_CLAUSE = re.compile(r"[,;]\s+|\s+[-–—]\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    place: Place


def pieces(prompt: str, lexicon: Lexicon) -> list[Piece]:
    """The author's words, every one of them, in pieces with the section each belongs to."""
    blocks = _blocks(prompt)
    work = kind(prompt, lexicon)
    if work in _WHOLE and len(blocks) > 1:
        return _around_material(blocks, lexicon)
    found: list[Piece] = []
    for number, block in enumerate(blocks):
        has_goal = any(piece.place == "goal" for piece in found)
        announced = found and has_goal and found[-1].text.endswith(":")
        if announced and not _is_list(block) and not _is_code(block):
            rest = "\n\n".join(blocks[number:])
            return _with_goal([*found, Piece(rest, "material")])
        found += _placed(block, lexicon, work, has_goal=has_goal)
    return _with_goal(found)


def _around_material(blocks: list[str], lexicon: Lexicon) -> list[Piece]:
    """To be summarised or translated: one paragraph says so, the others are the text, whatever they say."""
    asking = next((at for at, block in enumerate(blocks) if len(block) < _LONG and is_request(block, lexicon)), 0)
    return [Piece(block, "goal" if at == asking else "material") for at, block in enumerate(blocks)]


def _with_goal(found: list[Piece]) -> list[Piece]:
    if any(piece.place == "goal" for piece in found):
        return found
    loose = [at for at, piece in enumerate(found) if piece.place == "context"]
    first = next(iter(loose or [at for at, piece in enumerate(found) if piece.place not in ("role", "material")]), None)
    return [Piece(piece.text, "goal") if at == first else piece for at, piece in enumerate(found)]


def _placed(block: str, lexicon: Lexicon, work: str, *, has_goal: bool) -> list[Piece]:
    if _is_material(block):
        return [Piece(block, "material")]
    found: list[Piece] = []
    for sentence in [block] if work in _WHOLE else _sentences(block, ordinals=lexicon.code == "de"):
        seen = has_goal or any(piece.place == "goal" for piece in found)
        place = _place(sentence, lexicon, seen_goal=seen)
        cut = place not in ("role", "context", "examples")
        found += _clauses(sentence, place, lexicon) if cut else [Piece(sentence, place)]
    return found


def _place(sentence: str, lexicon: Lexicon, *, seen_goal: bool) -> Place:
    role = lexicon.cues["role"].search(sentence)
    if role and role.start() < 20:
        return "role"
    if lexicon.cues["examples"].match(sentence.lstrip()):
        return "examples"
    forbids = lexicon.negation.match(sentence.lstrip())
    if forbids or (seen_goal and lexicon.directive.match(sentence)):
        return _manner(sentence, lexicon) or "constraints"
    if is_request(sentence, lexicon):
        return "goal"
    return _manner(sentence, lexicon) or "context"


def _manner(text: str, lexicon: Lexicon) -> Place | None:
    """What a sentence that asks for nothing new says about how it is to be done."""
    negation = lexicon.negation.search(text)
    before = text[: negation.start()] if negation else text
    for element in ("tone", "format", "audience", "constraints", "examples"):
        match = lexicon.cues[element].search(before)
        if match and (element in ("tone", "audience") or match.start() < 40) and len(text) < 160:
            return element
    rule = negation and (lexicon.directive.match(text) or _seems_rule(text, lexicon))
    return "constraints" if rule else None


def _seems_rule(text: str, lexicon: Lexicon) -> bool:
    """Whether a negated sentence is a rule rather than a report: it is short and starts with its rule."""
    match = lexicon.cues["constraints"].search(text)
    return bool(match and match.start() < 4 and len(text) < 160)


def _clauses(sentence: str, place: Place, lexicon: Lexicon) -> list[Piece]:
    """Cuts off what stands on its own: "…, keep it short, no emojis"; `place` is where the beginning belongs."""
    if lexicon.subordinate.match(sentence) or "?" in sentence or "\n" in sentence or ":" in sentence:
        return [Piece(sentence, place)]
    protected = literals(sentence)
    found, start = [], 0
    for cut in _CLAUSE.finditer(sentence):
        rest = sentence[cut.end() :]
        if covers(protected, cut.start()) or _in_brackets(sentence, cut.start()) or not lexicon.directive.match(rest):
            continue
        found.append(Piece(sentence[start : cut.start()], place))
        start = cut.end()
        place = _later(place, _manner(rest, lexicon) or "constraints")
    return [*found, Piece(sentence[start:], place)]


def _later(place: Place, other: Place) -> Place:
    """Within a sentence the order of its clauses is kept."""
    return max(place, other, key=ORDER.index)


def _in_brackets(text: str, position: int) -> bool:
    return any(text.count(left, 0, position) > text.count(right, 0, position) for left, right in ("()", "[]"))


def _blocks(prompt: str) -> list[str]:
    """Paragraphs; a code block is one whatever is in it, and a list belongs to the line that announces it."""
    fences = [each for each in literals(prompt) if each.kind == "code" and "\n" in each.text]
    for fence in reversed(fences):
        prompt = f"{prompt[: fence.start]}\n\n{fence.text}\n\n{prompt[fence.end :]}"
    fences = [each for each in literals(prompt) if each.kind == "code" and "\n" in each.text]
    found, start = [], 0
    for gap in re.finditer(r"\n[ \t]*\n\s*", prompt):
        if covers(fences, gap.start()):
            continue
        block, rest = prompt[start : gap.start()], prompt[gap.end() :]
        if block.rstrip().endswith(":") and _BULLET.match(rest):
            continue
        found.append(block)
        start = gap.end()
    return [block.strip("\n") for block in [*found, prompt[start:]] if block.strip()]


def _is_material(block: str) -> bool:
    tables = sum(line.lstrip().startswith(("|", ">")) for line in block.splitlines())
    return len(block) > _LONG or _is_code(block) or tables > 1


def _is_code(block: str) -> bool:
    return "```" in block or "~~~" in block


def _is_list(block: str) -> bool:
    return bool(_BULLET.match(block))


def _sentences(block: str, *, ordinals: bool) -> list[str]:
    found: list[str] = []
    for line in block.split("\n"):
        if found and (_BULLET.match(line) or not line.strip() or line[:1] in " \t"):
            found[-1] += f"\n{line}"
        else:
            found += _cut(line, ordinals=ordinals)
    return found


def _cut(line: str, *, ordinals: bool) -> list[str]:
    """Sentences; where `ordinals` are written "3." (German), a number and a dot end none."""
    protected = literals(line)
    parts, start = [], 0
    for gap in _SENTENCE_END.finditer(line):
        before, lower = line[max(start, gap.start() - _TAIL) : gap.start()], line[gap.end()].islower()
        if (
            covers(protected, gap.start())
            or _in_brackets(line, gap.start())
            or _goes_on(before, lower=lower, ordinals=ordinals)
        ):
            continue
        closing = len(gap.group()) - len(gap.group().lstrip('"”»)*_'))
        parts.append(line[start : gap.start() + closing])
        start = gap.end()
    return [part.strip() for part in [*parts, line[start:]] if part.strip()]


def _goes_on(before: str, *, lower: bool, ordinals: bool) -> bool:
    """Whether the dot at the end of `before` ends no sentence; `lower` if a small letter follows."""
    if _ABBREVIATION.search(before):
        return True
    return (lower and before.endswith(("…", "..."))) or bool((lower or ordinals) and _ORDINAL.search(before))

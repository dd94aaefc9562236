"""Restructuring a prompt without a model: the author's own words, verbatim, in sections.

Nothing is invented: what is added is headings, the author's answer, how to present the result, a role that follows
from the kind of work, and what to do where something is missing.
"""

from __future__ import annotations

from parley_common.contracts.enhance import Element
from parley_enhancer.domain.document import Document
from parley_enhancer.domain.elements import headings_in, kind, needs, present
from parley_enhancer.domain.lexicon import Lexicon
from parley_enhancer.domain.segments import ORDER, pieces

_ANSWERED = "Your answer to the question."
_ROLE = "A role sets the expertise and the vocabulary; this one follows from the kind of work you ask for."
_FORMAT = "You did not say how the result should look; this is the usual form for this kind of work."
_OPEN = "Keeps the reader from guessing silently, or inventing, what you left open."
_TASK = "Your task, so that the prompt can be understood on its own."


def restructure(
    prompt: str, lexicon: Lexicon | None, *, task: str = "", element: Element | None = None, answer: str | None = None
) -> Document:
    """The new prompt; `element` is what `answer` is about. Without a lexicon no word is added but the answer."""
    document = Document()
    if lexicon is None:
        _plainly(document, prompt, answer)
        return document
    task = "" if "prompt" in task.casefold() or task in prompt else task
    work = kind(f"{task}\n{prompt}", lexicon)
    added = _additions(prompt, task, work, lexicon=lexicon, element=element, answer=answer)
    if len(headings_in(prompt, lexicon)) > 1:
        document.line(prompt)
        places: dict[str, list[str]] = {}
    else:
        places = _sections(prompt, lexicon)
    for place in ORDER:
        _write(document, lexicon.headings[place], places.get(place, []), added.get(place, []), place)
    _write_open(document, work, lexicon)
    return document


def _plainly(document: Document, prompt: str, answer: str | None) -> None:
    document.line(prompt)
    if answer:
        document.gap()
        document.line(answer, element="goal", reason=_ANSWERED)


def _sections(prompt: str, lexicon: Lexicon) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in pieces(prompt, lexicon):
        found.setdefault(piece.place, []).append(piece.text)
    return found


def _additions(
    prompt: str, task: str, work: str, *, lexicon: Lexicon, element: Element | None, answer: str | None
) -> dict[str, list[tuple[str, str]]]:
    """What goes into each section besides the author's words, with the reason."""
    added: dict[str, list[tuple[str, str]]] = {}
    there = present(f"{task}\n{prompt}", lexicon) | ({element} if answer else set())
    if task:
        added["context"] = [(task, _TASK)]
    if "role" not in there and work in lexicon.roles:
        added["role"] = [(lexicon.roles[work], _ROLE)]
    if "format" not in there and work in lexicon.formats:
        added["format"] = [(lexicon.formats[work], _FORMAT)]
    if element and answer:
        added.setdefault(element, []).append((answer, _ANSWERED))
    return added


def _write(document: Document, heading: str, own: list[str], added: list[tuple[str, str]], place: str) -> None:
    if not own and not added:
        return
    document.section(heading)
    for text in own:
        document.line(text)
    for text, reason in added:
        document.line(text, element=place, reason=reason)


def _write_open(document: Document, work: str, lexicon: Lexicon) -> None:
    stated = present(document.text, lexicon)
    missing = [lexicon.names[element] for element in needs(work) if element not in stated]
    document.section(lexicon.headings["open"])
    if missing:
        text = lexicon.sentences["missing"].format(elements=", ".join(missing))
        document.line(text, element="constraints", reason=_OPEN)
    document.line(lexicon.sentences["unknown"], element="constraints", reason=_OPEN)

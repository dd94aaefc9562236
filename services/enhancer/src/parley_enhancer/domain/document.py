"""A prompt as it is put together: text in order, some of it with the reason why it is there."""

from __future__ import annotations

from dataclasses import dataclass, field

from parley_common.contracts.enhance import Rationale


@dataclass(slots=True)
class Document:
    """Grows by lines; every reason keeps the offsets of what it is about."""

    text: str = ""
    rationale: list[Rationale] = field(default_factory=list)

    def section(self, heading: str) -> None:
        """A heading, after a blank line."""
        self.text += f"{self._gap()}## {heading}"

    def line(self, text: str, *, element: str = "", reason: str = "") -> None:
        """A line; with a reason it becomes a span of the rationale."""
        self.text += "\n" if self.text else ""
        start = len(self.text)
        self.text += text
        if reason:
            self.rationale.append(Rationale(element=element, start=start, end=len(self.text), reason=reason))

    def gap(self) -> None:
        """A blank line, unless at the beginning."""
        self.text += "\n" if self.text else ""

    def _gap(self) -> str:
        return "\n\n" if self.text else ""

"""One answer as it came, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass

from parley_common.contracts.jobs import Usage
from parley_common.errors import PermanentError, RetryableError
from parley_common.llm.failures import refused
from parley_common.llm.model import Reply


@dataclass(frozen=True, slots=True)
class Answer:
    """`finish` is the endpoint's `finish_reason`; the text is free of thinking."""

    text: str
    finish: str | None
    model: str
    usage: Usage
    refused: bool = False

    @property
    def truncated(self) -> bool:
        return self.finish == "length"

    def check_refusal(self) -> None:
        if self.refused or self.finish == "content_filter":
            raise refused()

    def reply(self) -> Reply:
        """The answer, if it is one."""
        self.check_refusal()
        if self.truncated:
            raise PermanentError(
                "The model's answer was cut off at its token limit: see PARLEY_MAX_OUTPUT_TOKENS.",
                code="model_output_truncated",
                status=502,
            )
        if not self.text.strip():
            raise RetryableError("The model gave an empty answer.", code="model_output_empty", status=502)
        return Reply(text=self.text, model=self.model, usage=self.usage)

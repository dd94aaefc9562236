"""From settings to a model, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley_common.llm.settings import ModelSettings

if TYPE_CHECKING:
    from parley_common.llm.client import OpenAIModel


def open_model(settings: ModelSettings) -> OpenAIModel | None:
    """The configured model, to be closed at the end; `None` means offline mode."""
    if not settings.enabled:
        return None
    # Loading the SDK takes seconds on a small machine; a start without a model need not wait for it.
    from parley_common.llm.client import OpenAIModel

    return OpenAIModel(settings)

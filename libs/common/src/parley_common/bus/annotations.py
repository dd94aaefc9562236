"""FastStream's `RabbitMessage` for handlers, injected in place.

FastStream resolves each of its own context parameters in a worker thread, so handlers of one queue start in another
order than their messages arrived.
"""

from __future__ import annotations

from typing import Annotated, Any

from fast_depends.library import CustomField
from faststream.rabbit.message import RabbitMessage as Message


class FromContext(CustomField):
    """A handler's parameter, taken from FastStream's context by name."""

    def __init__(self, name: str) -> None:
        super().__init__(cast=False)
        self._name = name

    async def use(self, /, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        context = kwargs["context__"]
        return kwargs | {str(self.param_name): context.resolve(self._name)}


RabbitMessage = Annotated[Message, FromContext("message")]

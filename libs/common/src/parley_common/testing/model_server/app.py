"""The test model's routes."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parley_common.testing.model_server.completions import Answers
from parley_common.testing.model_server.meter import CallMeter, Changes, Gates
from parley_common.testing.model_server.script import Endpoint, Rule, Script

_RULES: TypeAdapter[Rule | list[Rule]] = TypeAdapter(Rule | list[Rule])
_STATES = ("started", "open", "finished", "refused", "broken", "aborted")


def make_app() -> Starlette:
    """One test model, with nothing scripted yet."""
    return _Desk().app()


class _Desk:
    def __init__(self) -> None:
        self._changes = Changes()
        self._script = Script()
        self._meter = CallMeter(self._changes)
        self._gates = Gates(self._changes)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._answers("chat"), methods=["POST"]),
                Route("/v1/embeddings", self._answers("embeddings"), methods=["POST"]),
                Route("/v1/models", self.models),
                Route("/script", self.script, methods=["POST"]),
                Route("/meter", self.meter),
                Route("/gates/{name}", self.gate),
                Route("/gates/{name}/open", self.open_gate, methods=["POST"]),
                Route("/reset", self.reset, methods=["POST"]),
            ]
        )

    def _answers(self, endpoint: Endpoint) -> Answers:
        return Answers(endpoint, self._script, self._meter, self._gates)

    async def models(self, request: Request) -> Response:
        model = {"id": "test-model", "object": "model", "created": 0, "owned_by": "parley"}
        return JSONResponse({"object": "list", "data": [model]})

    async def script(self, request: Request) -> Response:
        try:
            rules = _RULES.validate_json(await request.body())
        except ValidationError as error:
            return Response(str(error), status_code=422)
        self._script.add(rules if isinstance(rules, list) else [rules])
        return Response(status_code=204)

    async def meter(self, request: Request) -> Response:
        wanted = {state: int(request.query_params[state]) for state in _STATES if state in request.query_params}
        return await self._once(
            request,
            lambda: all(self._meter.count(state) >= number for state, number in wanted.items()),
            self._meter.read,
        )

    async def gate(self, request: Request) -> Response:
        name, wanted = request.path_params["name"], int(request.query_params.get("waiting", 0))
        return await self._once(
            request, lambda: self._gates.read(name).waiting >= wanted, lambda: self._gates.read(name)
        )

    async def open_gate(self, request: Request) -> Response:
        self._gates.open(request.path_params["name"])
        return Response(status_code=204)

    async def reset(self, request: Request) -> Response:
        self._script.forget()
        self._meter.forget()
        self._gates.forget()
        return Response(status_code=204)

    async def _once(self, request: Request, holds: Callable[[], bool], read: Callable[[], BaseModel]) -> Response:
        """What is read once the condition holds; the same with 408 if it does not in `timeout` seconds."""
        patience = float(request.query_params.get("timeout", 10))
        held = await self._changes.wait_for(holds, timeout=patience)
        return Response(read().model_dump_json(), 200 if held else 408, media_type="application/json")

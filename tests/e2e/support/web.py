"""Servers that Parley calls, run beside the tests: a search engine that can be held, and a collector of traces."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

HOST = "127.0.0.1"
RESULT = {"url": "https://example.org/boots", "title": "Hiking boots", "content": "Boots keep feet dry."}


class SearchEngine:
    """SearXNG's JSON API with one result. While it is held, queries wait; `asked` are all of them."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._go_on = threading.Event()
        self._go_on.set()

    def hold(self) -> None:
        self._go_on.clear()

    def go_on(self) -> None:
        self._go_on.set()

    def forget(self) -> None:
        self._go_on.set()
        self.asked.clear()

    def answer(self, path: str, _body: bytes) -> bytes:
        self.asked.append(path)
        self._go_on.wait()
        return json.dumps({"results": [RESULT]}).encode()


class Spans:
    """An OpenTelemetry collector: spans by their trace, decoded when they are asked for."""

    def __init__(self) -> None:
        self._received: list[bytes] = []

    def forget(self) -> None:
        self._received.clear()

    def answer(self, _path: str, body: bytes) -> bytes:
        self._received.append(body)
        return b""

    def of(self, trace: str) -> dict[str, Span]:
        """The spans of one trace by their id."""
        spans = [span for body in list(self._received) for span in _decoded(body)]
        return {span.id: span for span in spans if span.trace == trace}


class Span:
    """One span as it was exported."""

    def __init__(self, service: str, span: Any) -> None:
        self.service = service
        self.name: str = span.name
        self.trace: str = span.trace_id.hex()
        self.id: str = span.span_id.hex()
        self.parent: str = span.parent_span_id.hex()


def _decoded(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        names = [each.value.string_value for each in resource.resource.attributes if each.key == "service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(names[0], span)


@contextmanager
def serving(answers: SearchEngine | Spans) -> Iterator[str]:
    """Serve it on a free port; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = answers.answer(self.path, body)
            try:
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return  # whoever asked has been killed

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests tell what is worth telling."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name=type(answers).__name__)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        answers.forget()
        server.shutdown()
        server.server_close()
        thread.join()

"""Logs hold no secrets, lines and problems quote the trace, and messages carry it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from parley_common.telemetry import redact

PROGRAM = """
import logging, structlog
from opentelemetry import propagate, trace
from parley_common.settings import Settings
from parley_common.telemetry import setup, trace_id

setup("gateway", Settings())
setup("gateway", Settings())
log = structlog.get_logger("test")
headers = {}
with trace.get_tracer("test").start_as_current_span("request") as span:
    propagate.inject(headers)
    log.info("asked", password="hunter2", url="amqp://user:hunter2@broker", job="4711")
    logging.getLogger("third.party").warning("Bearer %s", "hunter2hunter2")
    print(trace_id(), headers["traceparent"], span.is_recording())
try:
    1 / 0
except ZeroDivisionError:
    log.exception("bug with token=abc at https://ada:hunter2@x.test/")
"""

TRACED = """
import asyncio, json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from datetime import UTC, datetime
from uuid import uuid4
import httpx
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from parley_common.bus.message import command
from parley_common.contracts.commands import CancelJob
from parley_common.settings import Settings
from parley_common.telemetry import setup
from parley_gateway import problems, tracing

spans = []

class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            import gzip
            body = gzip.decompress(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            spans.extend(span for scope in resource.scope_spans for span in scope.spans)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

collector = HTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=collector.serve_forever, daemon=True).start()
setup("gateway", Settings(otlp_endpoint=f"http://127.0.0.1:{collector.server_port}"))
app = FastAPI()
problems.install(app)
tracing.instrument(app)
sent = []

@app.post("/jobs")
async def submit():
    body = CancelJob(job=uuid4(), kind="enhance", owner="ada", requested_at=datetime.now(UTC))
    sent.append(command("enhancer", "cancel", body).headers)

@app.get("/health/live")
async def live():
    return {}

async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        await client.post("/jobs")
        await client.get("/health/live")
        return (await client.get("/nowhere")).json()

problem = asyncio.run(main())
trace.get_tracer_provider().shutdown()
collector.shutdown()
collector.server_close()
names = {span.name: (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()) for span in spans}
print(json.dumps({"spans": names, "sent": sent[0]["traceparent"], "problem": problem["trace_id"]}))
"""


def test_request_is_the_root_of_a_trace_that_messages_continue() -> None:
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    request = seen["spans"]["POST /jobs"]
    assert request[2] == ""
    assert seen["sent"].startswith(f"00-{request[0]}-{request[1]}-")
    assert not any("health" in name for name in seen["spans"])
    assert seen["problem"] in {trace for trace, *_ in seen["spans"].values()}


def test_process_logs_json_lines_with_their_trace_and_without_secrets() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    quoted, traceparent, recording = done.stdout.split()
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"].split()[0] for line in lines] == ["asked", "Bearer", "bug"]
    assert "hunter2" not in done.stderr
    assert lines[0]["service"] == "gateway"
    assert lines[0]["job"] == "4711"
    assert lines[0]["trace_id"] == lines[1]["trace_id"] == quoted == traceparent.split("-")[1]
    assert recording == "False"
    assert "ZeroDivisionError" in lines[2]["exception"]


@pytest.mark.parametrize(
    "name", ["password", "jwt_secret", "access_token", "Authorization", "x-api-key", "cookie", "ticket", "apikey"]
)
def test_values_under_telling_names_are_hidden(name: str) -> None:
    assert redact(None, "", {name: "hunter2"}) == {name: "[redacted]"}


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ada:hunter2@db/gateway",
        "Authorization: Bearer hunter2hunter2",
        "sk-hunter2hunter2hunter2",
        "eyJhbGciOiJub25lIn0.hunter2.hunter2",
    ],
)
def test_secrets_inside_text_are_hidden(text: str) -> None:
    assert "hunter2" not in str(redact(None, "", {"event": text, "deep": [{"er": text}]}))


def test_ordinary_values_are_shown() -> None:
    event = {"event": "done in 3 s", "tokens_in": 5, "tokens_out": 7, "job": "4711", "key": "enhancer.start.v1"}
    assert redact(None, "", dict(event)) == event

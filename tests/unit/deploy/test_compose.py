"""The container files, held against the compose schema and against the code: no engine is needed to see them drift."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from starlette.routing import Route

from parley_chat.settings import ChatSettings
from parley_common.bus.catalog import SERVICES as WORKERS
from parley_common.runtime.hosting import ProbeSettings, probe_app
from parley_enhancer.app import create
from parley_enhancer.settings import EnhancerSettings
from parley_gateway.app import create_app
from parley_gateway.limits import LimitSettings
from parley_gateway.notify.settings import NotifySettings
from parley_gateway.settings import GatewaySettings
from parley_ingest.settings import IngestSettings
from parley_research.adapters.model import FOLLOW_UPS, PARTS
from parley_research.settings import ResearchSettings
from parley_standalone.definitions import render
from parley_standalone.stack import SERVICES

ROOT = Path(__file__).parents[3]
OURS = [service.name for service in SERVICES]
SETTINGS = {
    "gateway": (GatewaySettings, LimitSettings, NotifySettings),
    "enhancer": (EnhancerSettings, ProbeSettings),
    "research": (ResearchSettings, ProbeSettings),
    "ingest": (IngestSettings, ProbeSettings),
    "chat": (ChatSettings, ProbeSettings),
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "deploy/Dockerfile").read_text()


def environment(compose: dict[str, Any], service: str) -> dict[str, str]:
    return {name: str(value) for name, value in compose["services"][service].get("environment", {}).items()}


def test_the_file_is_valid_compose(compose: dict[str, Any]) -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(compose, json.loads(schema.read_text()))


def test_there_is_a_container_for_every_service_and_server(compose: dict[str, Any]) -> None:
    assert compose["services"].keys() == {*OURS, "rabbitmq", "postgres", "redis", "qdrant"}
    assert set(WORKERS) < set(OURS)


@pytest.mark.parametrize("service", OURS)
def test_an_image_is_built_for_a_service_that_exists(compose: dict[str, Any], dockerfile: str, service: str) -> None:
    build = compose["services"][service]["build"]
    pages = {"PAGES": "built"} if service == "gateway" else {}
    assert build == {"context": ".", "dockerfile": "deploy/Dockerfile", "args": {"SERVICE": service} | pages}
    assert all(f" AS pages-{choice}\n" in dockerfile for choice in pages.values())
    assert f"python -m parley_{'${SERVICE}'}" in dockerfile
    assert importlib.util.find_spec(f"parley_{service}.__main__")
    assert (ROOT / "services" / service / "pyproject.toml").exists()


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_a_setting_of_its_service(compose: dict[str, Any], service: str) -> None:
    known = {field.alias for cls in SETTINGS[service] for field in cls.model_fields.values()}
    # PORT and the probe's port are set for all alike, as the image's health check asks whichever there is.
    used = {name.removesuffix("_FILE") for name in environment(compose, service)} - {"PORT", "PARLEY_PROBE_PORT"}
    assert used <= known


def test_every_secret_is_mounted_where_its_variable_says(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, path in environment(compose, name).items():
            if variable.endswith("_FILE"):
                assert path.removeprefix("/run/secrets/") in service["secrets"], (name, variable)
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for name in compose["services"]:
        for variable in environment(compose, name):
            # Qdrant's address holds no password: its key is a secret of its own.
            secret = re.search(r"(PASSWORD|SECRET|KEY|_URL)$", variable) and variable != "QDRANT_URL"
            assert not secret, f"{variable} of {name} belongs in a file"


def test_the_secrets_script_writes_every_secret(compose: dict[str, Any], tmp_path: Path) -> None:
    script = (ROOT / "deploy/secrets.sh").read_text()
    names = set(re.findall(r"^secret (\w+) ", script, re.MULTILINE))
    for services in re.findall(r"for service in (.*); do", script):
        names |= {f"{service}_database_url" for service in services.split()}
    assert names == compose["secrets"].keys()


def test_only_the_page_and_the_management_ui_are_published_and_only_on_loopback(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"gateway": ["127.0.0.1:${PORT:-8000}:8000"], "rabbitmq": ["127.0.0.1:15672:15672"]}


def test_qdrant_is_pinned_and_asks_for_its_key(compose: dict[str, Any]) -> None:
    qdrant = compose["services"]["qdrant"]
    assert re.fullmatch(r"qdrant/qdrant:v\d+\.\d+\.\d+", qdrant["image"])
    assert qdrant["entrypoint"] == ["sh", "/etc/parley/start.sh"]
    assert qdrant["secrets"] == ["qdrant_api_key"]


def test_the_servers_are_out_of_reach_from_outside(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"] == {"internal": True}
    for server in ("postgres", "redis", "qdrant"):
        assert compose["services"][server]["networks"] == ["inside"]


def test_every_container_is_checked_for_health_and_waited_for(compose: dict[str, Any], dockerfile: str) -> None:
    for name, service in compose["services"].items():
        assert name in OURS or "test" in service["healthcheck"]
        for other, condition in service.get("depends_on", {}).items():
            assert other in compose["services"]
            assert condition == {"condition": "service_healthy"}
    assert "HEALTHCHECK" in dockerfile


async def test_the_health_path_exists_in_every_service(dockerfile: str, tmp_path: Path) -> None:
    (path,) = set(re.findall(r"/health/\w+", dockerfile))
    settings: dict[str, Any] = {"PARLEY_DATA": tmp_path, "_env_file": None}
    enhancer = create(EnhancerSettings(**settings))
    assert path in create_app(GatewaySettings(**settings)).openapi()["paths"]
    assert path in {route.path for route in probe_app(enhancer).routes if isinstance(route, Route)}
    await enhancer.stop()


def test_the_gateway_in_a_container_asks_who_calls(compose: dict[str, Any]) -> None:
    assert environment(compose, "gateway")["PARLEY_AUTH"] == "jwt"


def test_every_file_that_is_mounted_or_copied_exists(compose: dict[str, Any], dockerfile: str) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).is_file(), source
    for line in re.findall(r"^COPY (?!--)(.*)$", dockerfile, re.MULTILINE):
        source = shlex.split(line)[0].replace("${SERVICE}", "gateway")
        assert (ROOT / source).exists(), source


def test_the_image_runs_unprivileged_and_installs_only_what_is_locked(dockerfile: str) -> None:
    assert re.search(r"^USER parley$", dockerfile, re.MULTILINE)
    assert "--constraints requirements.lock --build-constraints requirements.lock --require-build-hashes" in dockerfile


def test_the_brokers_definitions_are_the_code_s_topology() -> None:
    assert (ROOT / "deploy/rabbitmq/definitions.json").read_text() == render(), "run `make definitions`"


def test_the_gateway_has_its_own_queue_in_the_definitions() -> None:
    names = {queue["name"] for queue in json.loads(render())["queues"]}
    assert {"gateway.recorder", "gateway.recorder.dead", "enhancer.interactive", "enhancer.interactive.dead"} <= names


def test_the_broker_takes_the_largest_answer_of_research() -> None:
    conf = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text()
    allowed = re.search(r"^max_message_size = (\d+)$", conf, re.MULTILINE)
    assert allowed
    # The rows of each query, and once more in its chart.
    assert 2 * (PARTS + FOLLOW_UPS) * ResearchSettings().result_bytes <= int(allowed[1])

"""`.env.example` is the one list of settings: complete, nothing invented, and with the true defaults."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

import parley_chat
import parley_common
import parley_enhancer
import parley_gateway
import parley_ingest
import parley_standalone
from parley_common.settings import Settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"
PACKAGES = (parley_common, parley_gateway, parley_enhancer, parley_ingest, parley_chat, parley_standalone)


def settings_classes() -> Iterator[type[BaseSettings]]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"__main__|\.testing|\.migrations", module.name):
                importlib.import_module(module.name)
    known = [Settings]
    for cls in known:
        known += [child for child in cls.__subclasses__() if child not in known]
    yield from known


def documented() -> dict[str, str]:
    return dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


SETTINGS = {str(field.alias): (cls, name) for cls in settings_classes() for name, field in cls.model_fields.items()}


def test_every_setting_is_in_the_example_and_the_example_has_no_others() -> None:
    assert documented().keys() == SETTINGS.keys()


@pytest.mark.parametrize("variable", sorted(SETTINGS))
def test_the_example_shows_the_true_default(variable: str) -> None:
    cls, name = SETTINGS[variable]
    default = cls.model_fields[name].default
    assert default is not PydanticUndefined, "every setting has a default"
    shown = documented()[variable]
    if shown:
        given: dict[str, Any] = {"_env_file": None, variable: shown}
        assert getattr(cls(**given), name) == default
    else:
        assert not default


def test_nothing_in_the_example_is_active() -> None:
    active = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    assert active == []

"""A model is configured by a key or an address; by neither means offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from parley_common.llm.settings import ModelSettings

VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY_FILE", "PARLEY_MODEL")


def test_nothing_configured_is_offline() -> None:
    assert not ModelSettings().enabled


def test_empty_variables_are_offline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert not ModelSettings().enabled
    assert ModelSettings().model


def test_a_key_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert ModelSettings().enabled


def test_an_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    settings = ModelSettings()
    assert settings.enabled
    assert str(settings.base_url) == "http://localhost:11434/v1"


def test_a_key_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-from-file\n")
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    key = ModelSettings().api_key
    assert key is not None
    assert key.get_secret_value() == "sk-from-file"


@pytest.mark.parametrize("key", ["sk-ключ-one", "sk-key\nX-Header: one"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ModelSettings(api_key=key)
    assert "one" not in str(raised.value).replace("one line", "")


def test_the_key_is_not_printed() -> None:
    assert "sk-1" not in repr(ModelSettings(api_key="sk-1"))

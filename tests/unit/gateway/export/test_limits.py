"""How much an exported file shows, as settings."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from pydantic import ValidationError

from parley_gateway.export import Limits
from parley_gateway.settings import GatewaySettings


def test_without_settings_the_limits_are_those_of_the_code() -> None:
    assert GatewaySettings().export_limits == Limits()


def test_each_limit_has_a_setting_of_its_own() -> None:
    given = {name: number for number, name in enumerate(asdict(Limits()), start=2)}
    settings = GatewaySettings.model_validate({f"PARLEY_EXPORT_{name.upper()}": value for name, value in given.items()})
    assert asdict(settings.export_limits) == given


@pytest.mark.parametrize("wrong", [{"PARLEY_EXPORT_ROWS": 0}, {"PARLEY_EXPORT_AT_ONCE": 0}, {"PARLEY_EXPORT_CELL": 1}])
def test_a_limit_that_leaves_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings.model_validate(wrong)

"""Whether there is a model is decided once, by the settings."""

from __future__ import annotations

import subprocess
import sys

from parley_common.llm.opening import open_model
from parley_common.llm.settings import ModelSettings


def test_without_key_and_address_there_is_no_model_and_the_sdk_is_not_loaded() -> None:
    script = (
        "import sys; from parley_common.llm.opening import open_model; "
        "from parley_common.llm.settings import ModelSettings; "
        "assert open_model(ModelSettings(_env_file=None)) is None; assert 'openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


async def test_with_an_address_the_model_goes_by_its_configured_name() -> None:
    model = open_model(ModelSettings(base_url="http://127.0.0.1:1/v1", model="llama"))
    assert model is not None
    assert model.name == "llama"
    await model.close()

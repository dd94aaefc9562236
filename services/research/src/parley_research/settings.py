"""What research can be told from outside."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from parley_common.llm.settings import ModelSettings
from parley_common.runtime.settings import RuntimeSettings
from parley_common.storage.blobs import BlobSettings
from parley_research.datasets.settings import DatasetSettings
from parley_research.sql.settings import QuerySettings


class ResearchSettings(RuntimeSettings, ModelSettings, BlobSettings, DatasetSettings, QuerySettings):
    """Those of the runtime and the model, and what loading a dataset and running a query may take."""

    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

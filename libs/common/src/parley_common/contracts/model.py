"""The base of every contract."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen message part; unknown fields are ignored, so an optional field can be added without a new version."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null")

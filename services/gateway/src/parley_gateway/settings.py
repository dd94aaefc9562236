"""Settings of the gateway: where it listens, how much it buffers, and how long it waits."""

from __future__ import annotations

from pydantic import Field

from parley_common.storage.blobs import BlobSettings
from parley_gateway.export.limits import ExportSettings


class GatewaySettings(BlobSettings, ExportSettings):
    """Seconds and bytes unless said otherwise."""

    host: str = Field("127.0.0.1", alias="HOST")
    port: int = Field(8000, alias="PORT")
    max_body: int = Field(262_144, alias="PARLEY_MAX_BODY", ge=1024)
    dataset_bytes: int = Field(200 * 2**20, alias="PARLEY_DATASET_BYTES", ge=1)
    document_bytes: int = Field(25 * 2**20, alias="PARLEY_DOCUMENT_BYTES", ge=1)
    stop_grace: float = Field(10.0, alias="PARLEY_STOP_GRACE", ge=0)

    socket_backlog: int = Field(1_048_576, alias="PARLEY_SOCKET_BACKLOG", ge=65_536)
    socket_streams: int = Field(1_000, alias="PARLEY_SOCKET_STREAMS", ge=1)
    recent_events: float = Field(30.0, alias="PARLEY_RECENT_EVENTS", gt=0)
    catch_up: float = Field(5.0, alias="PARLEY_CATCH_UP", gt=0)
    gap_after: float = Field(30.0, alias="PARLEY_GAP_AFTER", gt=0)

    cancel_wait: float = Field(2.0, alias="PARLEY_CANCEL_WAIT", ge=0)
    chat_wait: float = Field(60.0, alias="PARLEY_CHAT_WAIT", gt=0)
    resend_after: float = Field(60.0, alias="PARLEY_RESEND_AFTER", gt=0)
    resend_at_most: float = Field(3600.0, alias="PARLEY_RESEND_AT_MOST", gt=0)
    resend_sweep: float = Field(5.0, alias="PARLEY_RESEND_SWEEP", gt=0)
    schedule_sweep: float = Field(5.0, alias="PARLEY_SCHEDULE_SWEEP", gt=0)
    schedules: int = Field(100, alias="PARLEY_SCHEDULES_PER_USER", ge=1)
    orphan_after: float = Field(86_400.0, alias="PARLEY_ORPHAN_AFTER", ge=3600)
    upload_sweep: float = Field(60.0, alias="PARLEY_UPLOAD_SWEEP", gt=0)

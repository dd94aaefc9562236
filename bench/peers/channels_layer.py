"""The Redis channel layer, with all its defaults."""

from __future__ import annotations

from typing import Any


def layers(redis_url: str) -> dict[str, Any]:
    return {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [redis_url]}}}

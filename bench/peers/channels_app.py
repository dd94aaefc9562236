"""Django Channels as its documentation has it: a consumer that joins a job's group and passes on what the group gets.

Served by the same server as the gateway, uvicorn with its default protocol implementations.
"""

from __future__ import annotations

import os
from typing import Any

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from bench.peers.channels_layer import layers

settings.configure(CHANNEL_LAYERS=layers(os.environ["BENCH_REDIS_URL"]))


class Follower(AsyncWebsocketConsumer):
    """One socket that follows one job."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(self.scope["url_route"]["kwargs"]["job"], self.channel_name)
        await self.accept()

    async def frame(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["text"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/<str:job>/", Follower.as_asgi())])})

if __name__ == "__main__":
    uvicorn.run(application, port=int(os.environ["PORT"]), ws_per_message_deflate=False, log_level="warning")

"""The network of one page, to be pulled out and put back: Chromium's own offline mode spares sockets that are open."""

from __future__ import annotations

from typing import Self

from playwright.async_api import Page, WebSocketRoute


class Cable:
    """All sockets of a page go through it from its next navigation on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._through: list[WebSocketRoute] = []
        self._pulled = False

    @classmethod
    async def plugged_in(cls, page: Page) -> Self:
        cable = cls(page)
        await page.context.route_web_socket("**/v1/ws", cable._opened)
        return cable

    async def pull(self) -> None:
        self._pulled = True
        await self._page.context.set_offline(True)
        for socket in self._through:
            await socket.close()
        self._through.clear()

    async def put_back(self) -> None:
        self._pulled = False
        await self._page.context.set_offline(False)

    async def _opened(self, socket: WebSocketRoute) -> None:
        if self._pulled:
            await socket.close()
        else:
            self._through.append(socket)
            socket.connect_to_server()

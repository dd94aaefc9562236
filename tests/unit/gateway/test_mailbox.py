"""A client's queue is bounded, and says so in time."""

from __future__ import annotations

import asyncio

from parley_gateway.live.mailbox import NORMAL, SLOW, Mailbox


async def test_what_is_waiting_is_sent_before_the_end() -> None:
    mailbox = Mailbox()
    mailbox.put("one")
    mailbox.close()
    assert await mailbox.get() == "one"
    assert await mailbox.get() is None
    assert mailbox.code == NORMAL


async def test_a_reader_that_does_not_read_is_dropped_and_its_memory_freed() -> None:
    mailbox = Mailbox(limit=100)
    for _ in range(5):
        mailbox.put("x" * 40)
    assert mailbox.code == SLOW
    assert mailbox.dropped.done()
    assert await mailbox.get() is None


async def test_one_large_text_is_no_reason_to_drop_a_reader() -> None:
    mailbox = Mailbox(limit=100)
    mailbox.put("small")
    mailbox.put("x" * 10_000)
    assert not mailbox.closed


async def test_bytes_are_counted_not_characters() -> None:
    mailbox = Mailbox(limit=100)
    mailbox.put("я" * 60)
    mailbox.put("x")
    assert mailbox.code == SLOW


async def test_who_waits_for_room_gets_it_when_most_has_been_sent() -> None:
    mailbox = Mailbox(limit=100)
    called: list[str] = []
    mailbox.on_room(lambda: called.append("room"))
    mailbox.put("x" * 50)
    waiting = asyncio.create_task(mailbox.room())
    await asyncio.sleep(0)
    assert mailbox.crowded
    assert not waiting.done()
    await mailbox.get()
    assert await waiting
    assert called == ["room"]


async def test_the_farewell_is_the_last_text() -> None:
    mailbox = Mailbox(farewell=lambda after_ms: f"back in {after_ms}")
    mailbox.part(7)
    assert await mailbox.get() == "back in 7"
    assert await mailbox.get() is None

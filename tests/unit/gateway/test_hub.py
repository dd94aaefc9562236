"""Each client gets each event of its jobs once and in order, whatever is lost, repeated or late on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley_gateway.live.hub import Hub
from parley_gateway.live.mailbox import RESTARTING, SLOW
from parley_gateway.live.subscription import Position

FAST = (0.001, 0.002, 0.005, 0.005)


def numbers(frames: list[dict[str, Any]]) -> list[int]:
    return [frame["seq"] for frame in frames if frame["seq"] is not None]


def text_of(frames: list[dict[str, Any]], message: str = "m") -> str:
    text = ""
    for frame in frames:
        if frame["type"] == "message.delta" and frame["data"]["message_id"] == message:
            assert frame["data"]["offset"] == len(text), "a delta does not continue the text"
            text += frame["data"]["delta"]
    return text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
async def test_reordered_repeated_and_lost_events_reach_a_client_once_and_in_order(
    tell: Callable[[], Any], make_log: Callable[[], Any], connect: Callable[..., Any], data: st.DataObject
) -> None:
    story, stored = tell(), make_log()
    hub = Hub(stored, waits=FAST)
    frames = story.told(data.draw(st.integers(2, 15)))
    lost = data.draw(st.sets(st.sampled_from(frames)))
    live = data.draw(
        st.permutations(
            [*(f for f in frames if f not in lost), *data.draw(st.lists(st.sampled_from(frames), max_size=4))]
        )
    )
    joins_after = data.draw(st.integers(0, len(live)))
    since = data.draw(st.integers(0, len(frames) - 1))
    early = data.draw(st.integers(0, len(frames)))
    stored.store(*frames[:early])

    for frame in live[:joins_after]:
        hub.receive(frame)
    client = connect(hub, Position(story.job, 1, since, max(early, since)))
    for frame in live[joins_after:]:
        hub.receive(frame)
        if data.draw(st.booleans()):
            await asyncio.sleep(0)
    stored.store(*frames)
    await hub.catch_up()

    async with asyncio.timeout(10):
        assert numbers(await client.all()) == list(range(since + 1, len(frames) + 1))
    assert client.gaps == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
async def test_a_client_that_joins_in_the_middle_of_a_text_gets_all_of_it_without_holes(
    tell: Callable[[], Any], make_log: Callable[[], Any], connect: Callable[..., Any], data: st.DataObject
) -> None:
    story, hub = tell(), Hub(make_log(), waits=FAST)
    words = data.draw(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=15))
    whole = "".join(words)
    deltas = [story.delta(len("".join(words[:n])), word) for n, word in enumerate(words)]
    lost = data.draw(st.sets(st.sampled_from(deltas)))
    arriving = data.draw(st.permutations([delta for delta in deltas if delta not in lost]))
    joins_after = data.draw(st.integers(0, len(arriving)))

    for delta in arriving[:joins_after]:
        hub.receive(delta)
    client = connect(hub, Position(story.job, 1, 1, 1))
    for delta in arriving[joins_after:]:
        hub.receive(delta)
    hub.receive(story.frame("message.snapshot", None, message_id="m", text=whole))

    async with asyncio.timeout(10):
        frames = await client.until(lambda received: sum(len(f["data"]["delta"]) for f in received) >= len(whole))
    assert text_of(frames) == whole


async def test_clients_of_one_job_share_the_very_same_text(hub: Hub, story: Any, connect: Callable[..., Any]) -> None:
    clients = [connect(hub, Position(story.job, 1, 1, 1)) for _ in range(3)]
    frame = story.progress(2)
    hub.receive(frame)
    assert all([(await client.mailbox.get()) is frame.text for client in clients])


async def test_a_lost_last_event_is_found_by_the_catch_up(
    hub: Hub, story: Any, stored: Any, connect: Callable[..., Any]
) -> None:
    client = connect(hub, Position(story.job, 1, 0, 0))
    stored.store(*story.told(3))
    await hub.catch_up()
    assert numbers(await client.all()) == [1, 2, 3]


async def test_an_event_that_is_nowhere_is_named_as_a_gap_and_the_rest_goes_on(
    hub: Hub, story: Any, connect: Callable[..., Any]
) -> None:
    client = connect(hub, Position(story.job, 1, 1, 1))
    hub.receive(story.progress(2))
    hub.receive(story.progress(5))
    hub.receive(story.completed(6))
    assert numbers(await client.all()) == [2, 5, 6]
    assert client.gaps == [(3, 4)]


async def test_events_stored_behind_a_hole_in_the_log_are_sent_after_the_gap(
    hub: Hub, story: Any, stored: Any, connect: Callable[..., Any]
) -> None:
    stored.store(story.progress(1), story.progress(4), story.completed(5))
    client = connect(hub, Position(story.job, 1, 0, 5))
    assert numbers(await client.all()) == [1, 4, 5]
    assert client.gaps == [(2, 3)]


async def test_a_replay_waits_for_a_database_that_is_away(
    hub: Hub, story: Any, stored: Any, connect: Callable[..., Any]
) -> None:
    stored.store(*story.told(4))
    stored.away = 3
    client = connect(hub, Position(story.job, 1, 0, 4))
    assert numbers(await client.all()) == [1, 2, 3, 4]


async def test_a_slow_reader_is_dropped_and_the_others_are_not(
    hub: Hub, story: Any, connect: Callable[..., Any]
) -> None:
    slow = connect(hub, Position(story.job, 1, 1, 1), limit=2_000)
    quick = connect(hub, Position(story.job, 1, 1, 1))
    for seq in range(2, 50):
        hub.receive(story.progress(seq))
    hub.receive(story.completed(50))
    assert slow.mailbox.code == SLOW
    assert len(numbers(await quick.all())) == 49


async def test_a_long_history_does_not_make_a_reader_too_slow(
    hub: Hub, story: Any, stored: Any, connect: Callable[..., Any]
) -> None:
    stored.store(*story.told(500))
    client = connect(hub, Position(story.job, 1, 0, 500), limit=2_000)
    assert len(numbers(await client.all())) == 500


async def test_a_crowded_reader_gets_its_deltas_merged_and_every_event(
    hub: Hub, story: Any, connect: Callable[..., Any]
) -> None:
    client = connect(hub, Position(story.job, 1, 1, 1), limit=20_000)
    words = [f"word{n} " for n in range(400)]
    for n, word in enumerate(words):
        hub.receive(story.delta(len("".join(words[:n])), word))
    hub.receive(story.progress(2))
    whole = "".join(words)
    frames = await client.until(lambda received: sum(len(f["data"].get("delta", "")) for f in received) >= len(whole))
    assert text_of(frames) == whole
    assert numbers(frames) == [2]
    assert len(frames) < 200


async def test_nobody_is_sent_anything_after_leaving(hub: Hub, story: Any, connect: Callable[..., Any]) -> None:
    client = connect(hub, Position(story.job, 1, 1, 1))
    hub.unsubscribe(client.subscription)
    hub.receive(story.progress(2))
    client.mailbox.close()
    assert await client.all() == []


@pytest.mark.parametrize("stored_too", [True, False])
async def test_whoever_waits_for_the_end_learns_of_it(hub: Hub, story: Any, stored_too: bool) -> None:
    if stored_too:
        hub.receive(story.completed(2))
    waiting = asyncio.create_task(hub.ended(story.job, 1, within=5))
    await asyncio.sleep(0)
    hub.receive(story.completed(2))
    assert await waiting
    assert not await hub.ended(Position(story.job, 1, 1, 1).job, 2, within=0.01)


async def test_a_stopping_process_sends_its_clients_away(hub: Hub, story: Any, connect: Callable[..., Any]) -> None:
    client = connect(hub, Position(story.job, 1, 1, 1))
    with hub.client(client.mailbox):
        await hub.part(within=0)
        assert client.mailbox.code == RESTARTING

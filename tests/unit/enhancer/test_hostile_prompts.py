"""Prompts of full length that are made to be hard: each ends, within the time any test has, and loses nothing."""

from __future__ import annotations

import pytest

from parley_common.contracts.enhance import Enhance
from parley_enhancer.adapters.offline import OfflineWriter
from parley_enhancer.domain.diff import diff
from parley_enhancer.domain.prompthood import is_prompt, unwrapped
from parley_enhancer.domain.survival import lost
from parley_enhancer.ports import Draft

LENGTH = 20_000
HOSTILE = [
    "a", "aB", "`", "{a", '"', ". ", "123 ", " x", "[a ", "for my ", "write a, ", "no x ", "- a\n", "a a a: ", "don't ",
    "你好",
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("part", HOSTILE)
async def test_a_hostile_prompt_is_dealt_with(part: str) -> None:
    text = ("write: " + part * LENGTH)[:LENGTH].strip()
    request = Enhance(lazy_prompt=text)
    gaps = await OfflineWriter().find_gaps(request)
    draft = Draft(task="", prompt=text, language=gaps.language)
    result = (await OfflineWriter().rewrite(draft, lambda _: None)).text
    assert lost(text, result) == []
    assert unwrapped(result, text)
    is_prompt(result, text)
    assert "".join(each.text for each in diff(text, result) if each.op != "delete") == result

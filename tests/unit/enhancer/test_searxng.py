"""The web search: what is asked, what is taken from the answer, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from parley_common.errors import ParleyError, RetryableError
from parley_enhancer.adapters.searxng import SearxngSearch

Answer = Callable[[httpx.Request], httpx.Response]


def searxng(answer: Answer) -> SearxngSearch:
    return SearxngSearch(httpx.AsyncClient(transport=httpx.MockTransport(answer)), "http://search.test/")


def page(*results: dict[str, Any]) -> Answer:
    return lambda _: httpx.Response(200, json={"results": list(results)})


async def test_a_query_is_cut_cleaned_and_asked_for_as_json() -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={"results": []})

    await searxng(answer).find(["!!g tea\n\x00 <b>time</b> " + "x" * 500, "  ", "a", "b", "c"])
    assert [url.path for url in asked] == ["/search"] * 3
    assert asked[0].params["format"] == "json"
    assert asked[0].params["q"].startswith("g tea time xxx")
    assert len(asked[0].params["q"]) == 400
    assert [url.params["q"] for url in asked[1:]] == ["a", "b"]


async def test_results_become_numbered_plain_text() -> None:
    found = await searxng(
        page(
            {
                "url": "https://a.test/x",
                "title": "A &amp; <b>B</b>",
                "content": "&lt;script&gt;evil()&lt;/script&gt;one\u200b\ntwo",
            },
            {"url": "https://b.test", "title": None, "content": "three"},
        )
    ).find(["tea"])
    assert [(each.id, each.title, each.snippet) for each in found] == [
        ("1", "A & B", "one two"),
        ("2", "b.test", "three"),
    ]


async def test_repeats_and_what_is_no_web_page_are_left_out_and_the_rest_is_bounded() -> None:
    results = [
        {"url": f"https://site{number}.test/", "title": "t" * 999, "content": "c" * 9_999} for number in range(30)
    ]
    odd = [
        {"url": "javascript:alert(1)", "title": "x", "content": "x"},
        {"url": "https://www.site0.test", "title": "again", "content": "x"},
        {"url": "http://[", "title": "x", "content": "x"},
        {"url": "https://empty.test", "title": "", "content": ""},
        {"url": "https://long.test/" + "x" * 2_000, "title": "x", "content": "x"},
    ]
    found = await searxng(page(results[0], *odd, *results[1:])).find(["tea"])
    assert len(found) == 6
    assert len({each.url for each in found}) == 6
    assert all(each.url and each.url.startswith("https://site") for each in found)
    assert all(len(each.title) <= 160 and len(each.snippet) <= 320 for each in found)


def _fails(error: Exception) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (_fails(httpx.ReadTimeout("slow")), "search_timeout", True),
        (_fails(httpx.ConnectError("down")), "search_unavailable", True),
        (lambda _: httpx.Response(429), "search_unavailable", True),
        (lambda _: httpx.Response(502), "search_unavailable", True),
        (lambda _: httpx.Response(403), "search_forbidden", False),
        (lambda _: httpx.Response(302, headers={"location": "http://evil.test"}), "search_rejected", False),
        (lambda _: httpx.Response(200, text="<html>"), "search_unreadable", False),
        (lambda _: httpx.Response(200, json={"results": [{"url": 5}]}), "search_unreadable", False),
        (lambda _: httpx.Response(200, text="x" * 2_000_001), "search_unreadable", False),
    ],
)
async def test_a_failure_says_what_failed_and_whether_to_try_again(answer: Answer, code: str, retryable: bool) -> None:
    with pytest.raises(ParleyError) as failure:
        await searxng(answer).find(["tea"])
    assert failure.value.code == code
    assert isinstance(failure.value, RetryableError) is retryable
    assert "search.test" not in failure.value.detail

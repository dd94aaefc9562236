"""With accounts: who may come in, by which credential, and that nobody sees or touches what is another's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from support.system import QUICK, Embedded
from support.visitor import PASSWORD, Visitor, assert_problem, sign_in
from websockets.exceptions import InvalidStatus

SECRET = "a secret of these tests, long enough for HS256"
CLAIMS: dict[str, Any] = {"sub": "ada", "aud": "parley", "iat": 1, "exp": 4_000_000_000}
PLENTY = {f"PARLEY_RATE_{who}": "100000/minute" for who in ("USER", "IP", "AUTH")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    """An embedded system with accounts."""
    env = {"PARLEY_AUTH": "jwt", "PARLEY_JWT_SECRET": SECRET, "PARLEY_SOCKET_AUTH_TIMEOUT": "1"}
    async with Embedded(tmp_path_factory.mktemp("guarded"), QUICK | PLENTY | env) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tokens(guarded: Embedded) -> dict[str, str]:
    return {name: await sign_in(guarded.url, name) for name in ("ada", "bob")}


@pytest_asyncio.fixture
async def ada(guarded: Embedded, tokens: dict[str, str]) -> AsyncIterator[Visitor]:
    async with Visitor(guarded.url, token=tokens["ada"]) as visitor:
        yield visitor
        await visitor.assert_well()


@pytest_asyncio.fixture
async def bob(guarded: Embedded, tokens: dict[str, str]) -> AsyncIterator[Visitor]:
    async with Visitor(guarded.url, token=tokens["bob"]) as visitor:
        yield visitor


@pytest_asyncio.fixture
async def stranger(guarded: Embedded) -> AsyncIterator[Visitor]:
    async with Visitor(guarded.url) as visitor:
        yield visitor
        await visitor.assert_well()


def routes(job: str, question: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route that is about one job."""
    return [
        ("GET", f"/v1/jobs/{job}", {}),
        ("DELETE", f"/v1/jobs/{job}", {}),
        ("POST", f"/v1/jobs/{job}/cancel", {}),
        ("GET", f"/v1/jobs/{job}/events", {}),
        ("POST", f"/v1/jobs/{job}/questions/{question}/answer", {"json": {"value": "stolen"}}),
    ]


async def test_everything_of_another_user_is_unknown_and_stays_as_it_was(ada: Visitor, bob: Visitor) -> None:
    job = await ada.submit()
    question = await ada.question(job)
    nobody = await bob.submit("thanks")
    for method, path, body in routes(job, question):
        assert assert_problem(await bob.http.request(method, path, **body), 404)["code"] == "not_found"
    answer = await bob.http.post(f"/v1/jobs/{nobody}/questions/{question}/answer", json={"value": "stolen"})
    assert_problem(answer, 404)
    assert [each["id"] for each in (await bob.http.get("/v1/jobs")).json()["jobs"]] == [nobody]
    page = (await bob.http.get("/v1/jobs", params={"cursor": "ffffffff-ffff-ffff-ffff-ffffffffffff"})).json()
    assert job not in str(page)
    async with bob.line(f"/ws/enhance/{job}/") as line:
        assert await line.close_code() == 4404
    async with bob.line() as line:
        for said in (
            {"type": "subscribe"},
            {"type": "cancel"},
            {"type": "answer", "question_id": question, "value": 1},
        ):
            await line.say({**said, "job": job})
            assert (await line.until("error"))["code"] == "not_found"
    assert (await ada.job(job))["status"] == "waiting"
    assert (await ada.decline(job))["status"] == "completed"


async def test_key_of_another_user_is_another_key(ada: Visitor, bob: Visitor) -> None:
    key = {"Idempotency-Key": "the-same"}
    answers = [await each.http.post("/api/enhance", json={"lazy_prompt": "thanks"}, headers=key) for each in (ada, bob)]
    assert len({answer.json()["task_id"] for answer in answers}) == 2


async def test_without_a_token_nothing_is_shown(ada: Visitor, stranger: Visitor) -> None:
    job = await ada.submit()
    question = await ada.question(job)
    every = [
        *routes(job, question),
        ("GET", "/v1/jobs", {}),
        ("POST", "/api/enhance/", {"json": {"lazy_prompt": "a"}}),
        ("POST", "/v1/ws-ticket", {}),
        ("GET", "/v1/dead", {}),
        ("GET", "/v1/dead/x", {}),
        ("POST", "/v1/dead/x/replay", {}),
    ]
    for method, path, body in every:
        answer = await stranger.http.request(method, path, **body)
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def signed(key: Any = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    kept = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


FORGED = {
    "none as algorithm": signed(None, "none"),
    "another secret": signed("another secret that is just as long as ours is"),
    "another algorithm": signed(SECRET + SECRET, "HS512"),
    "expired": signed(exp=int(time.time()) - 60),
    "not yet issued": signed(iat=4_000_000_000 - 1),
    "for somebody else": signed(aud="other"),
    "for nobody": signed(aud=None),
    "about nobody": signed(sub=None),
    "about a number": signed(sub=7),
    "never ending": signed(exp=None),
    "unsigned": signed().rpartition(".")[0] + ".",
    "one letter changed": signed().replace(".", ".e", 1),
    "prose": "let me in",
    "dots": "..",
    "huge": "a." * 4_000,
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
async def test_forged_token_is_refused_over_http_and_on_sockets(guarded: Embedded, token: str) -> None:
    async with Visitor(guarded.url, token=token) as forger:
        assert_problem(await forger.http.get("/v1/jobs"), 401)
        async with forger.line() as line:
            assert await line.close_code() == 4401


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "Token x", "Bearer a b c"])
async def test_header_without_a_token_is_refused(stranger: Visitor, header: str) -> None:
    assert_problem(await stranger.http.get("/v1/jobs", headers={"Authorization": header}), 401)


async def test_token_in_the_query_is_no_token(stranger: Visitor, tokens: dict[str, str]) -> None:
    answer = await stranger.http.get("/v1/jobs", params={"token": tokens["ada"], "access_token": tokens["ada"]})
    assert_problem(answer, 401)


ACCOUNTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no password": {"username": "carla"},
    "short password": {"username": "carla", "password": "short"},
    "long password": {"username": "carla", "password": "x" * 129},
    "password that is a list": {"username": "carla", "password": ["x"] * 8},
    "password that is the name": {"username": "carla-the-first", "password": "Carla-The-First"},
    "short name": {"username": "ca", "password": PASSWORD},
    "long name": {"username": "c" * 65, "password": PASSWORD},
    "name with a blank": {"username": "carla x", "password": PASSWORD},
    "name with a NUL": {"username": "carla\0", "password": PASSWORD},
    "name with a line break": {"username": "carla\n", "password": PASSWORD},
    "name of another alphabet": {"username": "сarla", "password": PASSWORD},
    "reserved name": {"username": "local", "password": PASSWORD},
    "name that is a number": {"username": 12345, "password": PASSWORD},
}


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS.keys())
async def test_unusable_account_is_refused(stranger: Visitor, account: dict[str, Any]) -> None:
    problem = assert_problem(await stranger.http.post("/auth/register", json=account), 422)
    assert PASSWORD not in str(problem)


async def test_name_is_taken_whatever_its_case_and_given_once(stranger: Visitor) -> None:
    account = {"username": "dora", "password": PASSWORD}
    answers = await asyncio.gather(*(stranger.http.post("/auth/register", json=account) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert_problem(await stranger.http.post("/auth/register", json={**account, "username": "DORA"}), 409)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"username": "ada", "password": "wrong password"}, 401),
        ({"username": "nobody", "password": PASSWORD}, 401),
        ({"username": "ada", "password": "x" * 100_000}, 401),
        ({"username": "ada' --", "password": PASSWORD}, 401),
        ({"username": "ada"}, 422),
        ({"username": "ada", "password": "a\0b"}, 422),
        ({"username": "ada", "password": PASSWORD, "grant_type": "client_credentials"}, 422),
    ],
)
async def test_wrong_sign_in_is_refused(stranger: Visitor, form: dict[str, str], status: int) -> None:
    assert_problem(await stranger.http.post("/auth/token", data=form), status)


@pytest.mark.parametrize(
    "media", ["application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data"]
)
async def test_sign_in_takes_a_form_and_nothing_else(stranger: Visitor, media: str) -> None:
    answer = await stranger.http.post("/auth/token", content=b'{"username": "ada"}', headers={"Content-Type": media})
    assert_problem(answer, 400, 415, 422)


async def test_ticket_opens_one_socket_once(ada: Visitor, stranger: Visitor) -> None:
    ticket = (await ada.http.post("/v1/ws-ticket")).json()["ticket"]
    job = await ada.submit()
    async with stranger.line(f"/ws/enhance/{job}/") as line:
        await line.say({"type": "auth", "ticket": ticket})
        await line.until("user_question")
    async with stranger.line() as line:
        await line.say({"type": "auth", "ticket": ticket})
        assert await line.close_code() == 4401


async def test_ticket_used_at_the_same_moment_opens_one_socket(ada: Visitor, stranger: Visitor) -> None:
    ticket = (await ada.http.post("/v1/ws-ticket")).json()["ticket"]

    async def enter() -> str:
        async with stranger.line() as line:
            await line.say({"type": "auth", "ticket": ticket})
            frames = await line.hear() if not await _closes(line) else {"type": "closed"}
            return str(frames["type"])

    async def _closes(line: Any) -> bool:
        await asyncio.wait({asyncio.ensure_future(line.connection.wait_closed())}, timeout=0.5)
        return line.connection.close_code is not None

    assert sorted(await asyncio.gather(*(enter() for _ in range(6)))) == ["closed"] * 5 + ["hello"]


@pytest.mark.parametrize(
    "first",
    [
        {"type": "auth"},
        {"type": "auth", "ticket": "x"},
        {"type": "auth", "ticket": 7},
        {"type": "x"},
        b"\xff",
        "",
        None,
    ],
)
async def test_socket_without_a_credential_is_closed(stranger: Visitor, first: Any) -> None:
    for path in ("/v1/ws", "/ws/enhance/00000000-0000-0000-0000-000000000000"):
        async with stranger.line(path) as line:
            if first is not None:
                await line.say(first)
            assert await line.close_code() == 4401


async def test_operators_alone_see_dead_letters(ada: Visitor) -> None:
    for method, path in (("GET", "/v1/dead"), ("GET", "/v1/dead/x"), ("POST", "/v1/dead/x/replay")):
        assert_problem(await ada.http.request(method, path), 403)


async def test_page_of_another_origin_is_refused_before_its_ticket_counts(ada: Visitor, stranger: Visitor) -> None:
    ticket = (await ada.http.post("/v1/ws-ticket")).json()["ticket"]
    with pytest.raises(InvalidStatus):
        async with stranger.line(headers={"Origin": "https://evil.example"}):
            pass
    async with stranger.line(headers={"Origin": stranger.url}) as line:
        await line.say({"type": "auth", "ticket": ticket})
        assert (await line.hear())["user"] == "ada"


async def test_settings_that_would_let_strangers_in_are_refused(guarded: Embedded) -> None:
    folder = guarded.folder / "insecure"
    folder.mkdir()
    for env in ({"HOST": "0.0.0.0"}, {"PARLEY_AUTH": "jwt"}, {"PARLEY_AUTH": "jwt", "PARLEY_JWT_SECRET": "short"}):  # noqa: S104
        server = Embedded(folder, {})
        server.process.env |= env
        await server.process.start()
        assert await server.process.wait() == 1
        assert "PARLEY_AUTH" in server.process.tail() or "PARLEY_JWT_SECRET" in server.process.tail()
    async with httpx.AsyncClient(base_url=guarded.url, trust_env=False) as http:
        assert (await http.get("/health/live")).is_success

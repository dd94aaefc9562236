"""Accounts, tokens and tickets over HTTP."""

from __future__ import annotations

import time
from typing import Any

import jwt as pyjwt
import pytest
from pydantic import SecretStr, ValidationError

from parley_gateway.security.settings import AccessSettings, InsecureBinding, require_loopback

SECRET = "a-secret-of-at-least-thirty-two-characters"
NAME_AND_PASSWORD = {"username": "ada", "password": "correct horse"}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"sub": "ada", "aud": "parley", "iat": now, "exp": now + 60, **changes}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


FORGED = {
    "another secret": pyjwt.encode(claims(), "x" * 40, algorithm="HS256"),
    "no signature": pyjwt.encode(claims(), None, algorithm="none"),
    "another algorithm": pyjwt.encode(claims(), SECRET * 2, algorithm="HS512"),
    "expired": pyjwt.encode(claims(exp=int(time.time()) - 1), SECRET, algorithm="HS256"),
    "issued in the future": pyjwt.encode(claims(iat=int(time.time()) + 600), SECRET, algorithm="HS256"),
    "for somebody else": pyjwt.encode(claims(aud="other"), SECRET, algorithm="HS256"),
    "without audience": pyjwt.encode(without("aud"), SECRET, algorithm="HS256"),
    "without an end": pyjwt.encode(without("exp"), SECRET, algorithm="HS256"),
    "without a subject": pyjwt.encode(without("sub"), SECRET, algorithm="HS256"),
    "subject that is no text": pyjwt.encode(without("sub") | {"sub": ""}, SECRET, algorithm="HS256") + "x",
    "not a token": "abc",
    "three parts of nothing": "..",
    "not ascii": "é.é.é",
    "very long": "a" * 6_000,
}


async def test_new_user_signs_in_and_is_known_by_the_token(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    registered = await gateway.client.post("/auth/register", json=NAME_AND_PASSWORD)
    assert (registered.status_code, registered.json()) == (201, {"username": "ada"})
    signed_in = await gateway.client.post("/auth/token", data=NAME_AND_PASSWORD | {"grant_type": "password"})
    assert signed_in.status_code == 200
    token = signed_in.json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await gateway.client.post("/notes", json={"text": "a"}, headers=headers)).json()["by"] == "ada"


async def test_name_is_the_same_in_any_case_and_cannot_be_taken_twice(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    await gateway.sign_up("Ada")
    again = await gateway.client.post("/auth/register", json={"username": "ADA", "password": "correct horse"})
    assert (again.status_code, again.json()["code"]) == (409, "user_taken")
    signed_in = await gateway.client.post("/auth/token", data={"username": "aDa", "password": "correct horse"})
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    "registration",
    [
        {},
        {"username": "ab", "password": "correct horse"},
        {"username": "a" * 65, "password": "correct horse"},
        {"username": "ada lovelace", "password": "correct horse"},
        {"username": "-ada", "password": "correct horse"},
        {"username": "ada\n", "password": "correct horse"},
        {"username": "local", "password": "correct horse"},
        {"username": "Local", "password": "correct horse"},
        {"username": "ada", "password": "short"},
        {"username": "ada", "password": "a" * 129},
        {"username": "lovelace", "password": "Lovelace"},
        {"username": 1, "password": "correct horse"},
        {"username": "ada", "password": None},
    ],
)
async def test_registration_that_breaks_the_rules_is_422(open_gateway: Any, jwt: Any, registration: Any) -> None:
    gateway = await open_gateway(**jwt)
    answer = await gateway.client.post("/auth/register", json=registration)
    assert answer.status_code == 422
    assert "correct horse" not in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada", "password": "wrong horse"},
        {"username": "nobody", "password": "correct horse"},
        {"username": "ada", "password": "a" * 5_000},
        {"username": "a" * 5_000, "password": "correct horse"},
    ],
)
async def test_wrong_credentials_are_all_told_the_same(open_gateway: Any, jwt: Any, form: Any) -> None:
    gateway = await open_gateway(**jwt)
    await gateway.sign_up("ada")
    answer = await gateway.client.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert answer.json()["detail"] == "The user name or the password is wrong."


async def test_sign_in_takes_a_form_and_nothing_else(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    assert (await gateway.client.post("/auth/token", json=NAME_AND_PASSWORD)).status_code == 415
    assert (await gateway.client.post("/auth/token", data={"username": "ada"})).status_code == 422


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
async def test_token_that_is_not_ours_is_401(open_gateway: Any, jwt: Any, token: str) -> None:
    gateway = await open_gateway(**jwt)
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = await gateway.client.post("/notes", json={"text": "a"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert gateway.made == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YWRhOnBhc3M=", "nonsense"])
async def test_request_without_a_token_is_401(open_gateway: Any, jwt: Any, header: str | None) -> None:
    gateway = await open_gateway(**jwt)
    headers = {} if header is None else {"Authorization": header}
    answer = await gateway.client.post("/notes", json={"text": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


async def test_without_auth_everyone_is_the_local_user(open_gateway: Any) -> None:
    gateway = await open_gateway()
    assert (await gateway.client.post("/notes", json={"text": "a"})).json()["by"] == "local"
    answer = await gateway.client.post("/auth/register", json=NAME_AND_PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (409, "auth_off")


async def test_ticket_needs_a_user(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    assert (await gateway.client.post("/v1/ws-ticket")).status_code == 401
    answer = await gateway.client.post("/v1/ws-ticket", headers=await gateway.sign_up("ada"))
    assert answer.json()["expires_in"] == 30
    assert len(answer.json()["ticket"]) > 40


async def test_ticket_works_once_and_not_after_its_time(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    tickets, redis = gateway.app.state.access.tickets, gateway.app.state.access.tickets._redis
    ticket = await tickets.issue("ada")
    assert 0 < await redis.ttl(f"parley:ticket:{ticket}") <= 30
    assert [await tickets.redeem(ticket), await tickets.redeem(ticket)] == ["ada", None]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "gateway.example", ""])  # noqa: S104
def test_auth_off_refuses_to_serve_others(host: str) -> None:
    with pytest.raises(InsecureBinding, match="PARLEY_AUTH"):
        require_loopback(AccessSettings(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost"])
def test_auth_off_serves_loopback(host: str) -> None:
    require_loopback(AccessSettings(host=host))


@pytest.mark.parametrize("secret", [None, SecretStr("short"), SecretStr("")])
def test_accounts_need_a_long_secret(secret: SecretStr | None) -> None:
    with pytest.raises(ValidationError, match="PARLEY_JWT_SECRET"):
        AccessSettings(auth="jwt", jwt_secret=secret)


def test_secret_and_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("PARLEY_AUTH", "jwt")
    monkeypatch.setenv("PARLEY_JWT_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("PARLEY_OPERATORS", "ada, grace,")
    settings = AccessSettings()
    assert settings.jwt_secret == SecretStr(SECRET)
    assert settings.operators == {"ada", "grace"}


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST", "parley.example"])
async def test_without_accounts_this_machine_answers_to_its_own_names(open_gateway: Any, host: str) -> None:
    gateway = await open_gateway(origins=frozenset({"https://parley.example"}))
    assert (await gateway.client.get("/health/live", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8000", "192.168.0.1", "[", ""])
async def test_name_that_a_page_may_have_led_here_is_refused(open_gateway: Any, host: str) -> None:
    gateway = await open_gateway()
    answer = await gateway.client.get("/health/live", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "host_refused")


async def test_with_accounts_any_name_will_do(open_gateway: Any, jwt: Any) -> None:
    gateway = await open_gateway(**jwt)
    headers = await gateway.sign_up("ada")
    for host in ("parley.example", "[", "a b", "é".encode()):
        answer = await gateway.client.post("/notes", json={"text": "a"}, headers=headers | {"Host": host})
        assert answer.status_code == 202

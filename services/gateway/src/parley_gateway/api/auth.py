"""Accounts and credentials: register, sign in for a token, take a ticket for a socket."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator
from redis.exceptions import RedisError

from parley_common.errors import Conflict, RetryableError
from parley_gateway.problems import Unauthorized
from parley_gateway.security.access import access_of
from parley_gateway.security.principal import CurrentUser
from parley_gateway.security.settings import LOCAL_USER
from parley_gateway.security.tickets import TTL
from parley_gateway.store import accounts

router = APIRouter(tags=["auth"])

UserName = Annotated[
    str, StringConstraints(to_lower=True, min_length=3, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]
MAX_PASSWORD = 128


class Registration(BaseModel):
    """A user name (3–64 letters, digits, `.`, `_`, `-`; case does not count) and a password of 8–128 characters."""

    username: UserName
    password: Annotated[str, Field(min_length=8, max_length=MAX_PASSWORD, json_schema_extra={"format": "password"})]

    @field_validator("username")
    @classmethod
    def _is_not_reserved(cls, name: str) -> str:
        if name == LOCAL_USER:
            raise ValueError("this name is reserved")
        return name

    @model_validator(mode="after")
    def _password_is_not_the_name(self) -> Registration:
        if self.password.lower() == self.username:
            raise ValueError("the password must not be the user name")
        return self


class Registered(BaseModel):
    username: str


class Token(BaseModel):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int


class Ticket(BaseModel):
    """Send it as the first frame of a socket, `{"type":"auth","ticket":…}`, once and within `expires_in` seconds."""

    ticket: str
    expires_in: int = TTL


def accounts_exist(request: Request) -> None:
    """Accounts are for `PARLEY_AUTH=jwt`."""
    if access_of(request).settings.auth == "off":
        raise Conflict("There are no accounts here: PARLEY_AUTH is off.", code="auth_off")


@router.post("/auth/register", status_code=201, dependencies=[Depends(accounts_exist)])
async def register(request: Request, registration: Registration) -> Registered:
    """Create an account."""
    access = access_of(request)
    password_hash = await access.passwords.hash(registration.password)
    await accounts.add(access.database, registration.username, password_hash=password_hash)
    return Registered(username=registration.username)


@router.post("/auth/token", dependencies=[Depends(accounts_exist)])
async def sign_in(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
    """Sign in: the password form of OAuth 2, answered with a bearer token."""
    access = access_of(request)
    user = form.username.lower()
    known = await accounts.password_hash_of(access.database, user)
    if len(form.password) > MAX_PASSWORD or not await access.passwords.matches(form.password, known):
        raise Unauthorized("The user name or the password is wrong.", code="invalid_credentials")
    return Token(access_token=access.tokens.issue(user), expires_in=access.tokens.ttl)


@router.post("/v1/ws-ticket")
async def take_ticket(request: Request, user: CurrentUser) -> Ticket:
    """A ticket for one socket."""
    try:
        return Ticket(ticket=await access_of(request).tickets.issue(user.user))
    except RedisError as error:
        raise RetryableError("Tickets cannot be issued right now.", code="tickets_unavailable") from error

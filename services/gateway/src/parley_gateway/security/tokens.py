"""Bearer tokens: JWTs signed with HS256, that algorithm and no other."""

from __future__ import annotations

import time
from uuid import uuid4

import jwt

from parley_gateway.problems import Unauthorized
from parley_gateway.security.settings import AccessSettings

ALGORITHM = "HS256"
AUDIENCE = "parley"


class Tokens:
    """Issues and verifies the tokens of this installation."""

    def __init__(self, settings: AccessSettings) -> None:
        self._secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else ""
        self.ttl = settings.token_ttl

    def issue(self, user: str) -> str:
        now = int(time.time())
        claims = {"sub": user, "aud": AUDIENCE, "iat": now, "exp": now + self.ttl, "jti": str(uuid4())}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def verify(self, token: str) -> str:
        """The user the token was issued to; raises `Unauthorized` for every other token."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthorized("The token has expired: sign in again.", code="token_expired") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthorized("The token is not valid.", code="token_invalid") from error
        return str(claims["sub"])

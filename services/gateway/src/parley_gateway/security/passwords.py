"""Passwords as argon2id hashes, computed in a few threads so that a burst of sign-ins starves nothing else."""

from __future__ import annotations

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS = 2


class Passwords:
    """Hashes and checks passwords; each of the `THREADS` takes the memory that one hash costs (64 MiB by default)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._limiter = CapacityLimiter(THREADS)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await anyio.to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the password is right; with `hashed=None` (no such user) it is wrong, and takes as long to say so."""
        self._nobody = self._nobody or await self.hash("nobody")
        checked = self._nobody if hashed is None else hashed
        verified = await anyio.to_thread.run_sync(self._verify, checked, password, limiter=self._limiter)
        return verified and hashed is not None

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

"""The worker of the design Parley replaces: it asks, then looks into Redis every half second for the answer."""

from __future__ import annotations

import os
import time
from typing import Any

from redis import Redis

ASKED = "poll:asked"
ANSWER = "poll:answer:"
RESUMED = "poll:resumed:"
EVERY = 0.5


def main() -> None:
    redis = Redis.from_url(os.environ["BENCH_REDIS_URL"], socket_timeout=None, decode_responses=True)
    while True:
        asked: Any = redis.blpop(ASKED)
        job: str = asked[1]
        while redis.get(ANSWER + job) is None:
            time.sleep(EVERY)
        redis.rpush(RESUMED + job, time.monotonic())


if __name__ == "__main__":
    main()

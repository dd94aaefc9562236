"""A Celery application with one task that does nothing; `acks_late`, results in Redis, all else as Celery has it."""

from __future__ import annotations

import os

from celery import Celery

app = Celery("bench", broker=os.environ["BENCH_AMQP_URL"], backend=os.environ["BENCH_REDIS_URL"])
app.conf.update(task_acks_late=True, worker_hijack_root_logger=False)


@app.task
def noop() -> str:
    return "done"

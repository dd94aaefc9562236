"""What the gateway counts, in a registry of its own; labels have few values: templates and codes, never ids."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

REQUESTS = Counter("parley_http_requests_total", "Requests.", ["method", "route", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "parley_http_request_seconds",
    "Time until the response was complete; streams count until they end.",
    ["method", "route"],
    registry=REGISTRY,
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SOCKETS = Gauge("parley_sockets_open", "Open sockets and event streams.", ["route"], registry=REGISTRY)
EVENTS_RECORDED = Counter("parley_events_recorded_total", "Events the recorder stored.", registry=REGISTRY)
EVENTS_PUSHED = Counter("parley_events_pushed_total", "Events pushed to sockets and streams.", registry=REGISTRY)
HUB_LAG = Histogram(
    "parley_hub_lag_seconds",
    "From an event's time to its arrival at the live hub.",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
SLOW_READERS = Counter("parley_slow_readers_total", "Readers closed for not keeping up.", registry=REGISTRY)
GAPS = Counter("parley_event_gaps_total", "Holes in live streams, by how they ended.", ["outcome"], registry=REGISTRY)
OUTBOX_BACKLOG = Gauge("parley_outbox_backlog", "Messages on their way to the broker.", registry=REGISTRY)
RATE_LIMITED = Counter("parley_rate_limited_total", "Requests turned away.", ["limit"], registry=REGISTRY)
LIMITER_FAILURES = Counter("parley_limiter_failures_total", "Times Redis could not be asked.", registry=REGISTRY)
NOTIFICATIONS = Counter("parley_notifications_total", "Attempts to notify.", ["channel", "outcome"], registry=REGISTRY)

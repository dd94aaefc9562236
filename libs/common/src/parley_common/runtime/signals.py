"""What stops a workflow from outside. None is an `Exception`, so a workflow's `except Exception` cannot swallow it."""

from __future__ import annotations


class Signal(BaseException):
    """Ends this run of a workflow, not necessarily the job."""


class Suspended(Signal):
    """The job waits for an answer; everything it held is given back."""


class HandedOver(Signal):
    """This worker is stopping; another one goes on from the journal."""


class LeaseLost(Signal):
    """The job belongs to another worker, or has ended: nothing may be written any more."""

"""What a store cannot do, with the status that Qdrant has for it."""

from __future__ import annotations


class StoreError(Exception):
    status = 500


class FolderInUse(StoreError):
    """Another process has the folder open; two would destroy each other's files."""

    status = 503


class NoSuchCollection(StoreError):
    status = 404


class CollectionExists(StoreError):
    status = 409


class EngineFailed(StoreError):
    """The engine refused or broke; its reason is for the log, as it may quote what was stored."""


class EngineRefused(StoreError):
    """The engine does not take this, and is as it was."""

    status = 400

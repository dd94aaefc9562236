"""Durable jobs: plain async functions whose steps are journaled, that can ask, wait for free, and survive crashes."""

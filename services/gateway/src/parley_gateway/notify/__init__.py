"""Telling people who are not looking: webhooks and e-mail, from durable rows, retried until they arrive."""

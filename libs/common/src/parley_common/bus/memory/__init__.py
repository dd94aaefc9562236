"""AMQP's queues and exchanges inside one process, so that Parley runs without a server; knows nothing of a client."""

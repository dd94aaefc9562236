"""Private RabbitMQ, PostgreSQL, Redis and vector servers for stack and tests; they touch no other server."""

from parley_standalone.servers.postgres import PostgresServer
from parley_standalone.servers.process import Process
from parley_standalone.servers.rabbit import RabbitServer
from parley_standalone.servers.redis import RedisServer
from parley_standalone.servers.server import NO_TLS, Server, ServerError, scratch_folder
from parley_standalone.servers.vectors import VectorServer

__all__ = [
    "NO_TLS",
    "PostgresServer",
    "Process",
    "RabbitServer",
    "RedisServer",
    "Server",
    "ServerError",
    "VectorServer",
    "scratch_folder",
]

"""The local stack: all services as processes of their own, on private RabbitMQ, PostgreSQL and Redis servers."""

from parley_standalone.stack.service import SERVICES, Service, ServiceProcess
from parley_standalone.stack.system import Stack

__all__ = ["SERVICES", "Service", "ServiceProcess", "Stack"]

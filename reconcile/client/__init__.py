"""The Backend API over httpx: the key, the version, the pace, trying again, and errors that say what to do."""

from reconcile.client.api import Client, Exchange
from reconcile.client.transport import CONNECTIONS, ReadOnly, transport_for

__all__ = ["CONNECTIONS", "Client", "Exchange", "ReadOnly", "transport_for"]

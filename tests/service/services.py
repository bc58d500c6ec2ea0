"""The real Postgres and Redis that tests use."""

import os
import socket
from urllib.parse import urlsplit

import pytest

POSTGRES = os.environ.get("BUDWOOD_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
"""A server on which databases may be created; without a database's name."""

REDIS = os.environ.get("BUDWOOD_TEST_REDIS", "redis://127.0.0.1:6379")
"""A server whose databases 5 to 9 belong to the tests."""


def require(name: str, url: str) -> None:
    """Skip the test where a service is missing; fail it where CI=true."""
    if _listens(url):
        return
    reason = f"{name} does not answer at {url}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 0)) == 0

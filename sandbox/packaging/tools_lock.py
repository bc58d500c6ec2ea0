"""The test tools that are in every environment: names and versions, out of their lock."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TEST_TOOLS = Path(__file__).parent.with_name("test_tools.lock")
"""What is installed in every environment, pinned with hashes."""


@cache
def pins() -> Mapping[str, Requirement]:
    """Canonical name → the one version that is installed."""
    lines = [
        line.split("\\")[0].strip()
        for line in TEST_TOOLS.read_text().splitlines()
        if line[:1].isalnum()
    ]
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}

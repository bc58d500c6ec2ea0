"""The bubblewrap provider."""

from sandbox.bubblewrap.provider import BubblewrapSandbox

__all__ = ["BubblewrapSandbox"]

"""The Docker provider, and the only door to the `docker` library (with `sandbox.images`)."""

from sandbox.docker.hardening import Limits
from sandbox.docker.provider import DockerSandbox, Mending

__all__ = ["DockerSandbox", "Limits", "Mending"]

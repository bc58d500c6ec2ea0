"""Where hostile cases are fought: a provider that is replaced once an attack has won."""

from collections.abc import Callable
from pathlib import Path

from sandbox.conformance import Subject
from sandbox.conformance.hostile import Target
from sandbox.protocol import Sandbox


class Arena:
    """Makes a target when one is needed. After `renew`, the next one is made anew."""

    def __init__(self, make: Callable[[], Sandbox], neighbour: Subject, *, beside: Path) -> None:
        self._make, self._neighbour, self._beside = make, neighbour, beside
        self._target: Target | None = None

    def target(self) -> Target:
        """The provider at hand, on the neighbour's environment and base."""
        if self._target is None:
            near = self._neighbour
            self._target = Target(
                self._make(), near.environment, near.base, beside=self._beside, neighbour=near
            )
        return self._target

    def renew(self) -> None:
        """Throw the provider away: what an attack left in it would fail every later case."""
        if self._target is not None:
            self._target.sandbox.close()
        self._target = None

    close = renew

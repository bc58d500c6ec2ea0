"""Budgets as reservations: reserve before spending, settle after, and say which limit was hit.

Pure bookkeeping. A purse never promises more than its limits; once a reservation is settled at
what it really cost, the sum can pass a limit only by that one call's misjudgement.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

Amounts = Mapping[str, float]
"""Resource → amount, such as ``{"nodes": 1, "tokens": 4000}``. Names are the limits' own."""


@dataclass(slots=True)
class Budget:
    """`limits`: resource → most that may be spent. A resource without a limit is only counted.

    Sums are always taken in the order in which they were booked, so that equal histories give
    equal floats.
    """

    limits: Amounts
    spent: dict[str, float] = field(default_factory=dict)
    reserved: dict[Hashable, Amounts] = field(default_factory=dict)

    def forbids(self, amounts: Amounts) -> str | None:
        """The limit that `amounts` would pass, on top of what is spent and promised."""
        for resource, amount in amounts.items():
            if amount > self.left(resource):
                return resource
        return None

    def reserve(self, key: Hashable, amounts: Amounts) -> str | None:
        """Promise `amounts` to `key`; or answer the limit that forbids it, and promise nothing.

        Raises: ValueError if `key` holds a reservation already.
        """
        forbidden = self.forbids(amounts)
        if forbidden is None:
            self.hold(key, amounts)
        return forbidden

    def hold(self, key: Hashable, amounts: Amounts) -> None:
        """Promise `amounts` whatever the limits say: for what is under way already.

        Raises: ValueError if `key` holds a reservation already.
        """
        if key in self.reserved:
            raise ValueError(f"{key!r} holds a reservation already")
        self.reserved[key] = dict(amounts)

    def settle(self, key: Hashable, amounts: Amounts) -> None:
        """Replace the promise to `key`, if there is one, by what it cost."""
        self.reserved.pop(key, None)
        for resource, amount in amounts.items():
            self.spent[resource] = self.spent.get(resource, 0.0) + amount

    def hit(self) -> str | None:
        """The first limit that is used up, not counting reservations."""
        for resource, limit in self.limits.items():
            if self.spent.get(resource, 0.0) >= limit:
                return resource
        return None

    def left(self, resource: str) -> float:
        """What may still be promised of a resource; infinite without a limit."""
        return self.limits.get(resource, float("inf")) - self._committed(resource)

    def _committed(self, resource: str) -> float:
        promised = sum(amounts.get(resource, 0.0) for amounts in self.reserved.values())
        return self.spent.get(resource, 0.0) + promised

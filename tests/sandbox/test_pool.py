"""Slots are shared without ever being more than allowed, and a bad one serves nobody."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier

import pytest

from sandbox.errors import SandboxLost, SandboxUnavailable
from sandbox.pool import Pool
from sandbox.protocol import EnvironmentId, StateId
from sandbox.slot import Slot

ONE, TWO = EnvironmentId("one"), EnvironmentId("two")
BASE, OTHER = StateId("base"), StateId("other")


@dataclass
class Containers:
    """Starts slots that are one end of a socket, and remembers what became of them."""

    far: dict[int, socket.socket] = field(default_factory=dict)
    started: list[Slot] = field(default_factory=list)
    ended: list[Slot] = field(default_factory=list)
    most: int = 0

    def start(self, environment: EnvironmentId) -> Slot:
        near, far = socket.socketpair()
        slot = Slot(environment, f"c{len(self.started)}", near, near.makefile("rb"))
        self.far[id(slot)] = far
        self.started.append(slot)
        self.most = max(self.most, len(self.started) - len(self.ended))
        return slot

    def end(self, slot: Slot) -> None:
        self.ended.append(slot)
        slot.close()
        self.far[id(slot)].close()

    def pool(self, size: int, **settings: int) -> Pool:
        return Pool(self.start, self.end, size=size, **settings)


@pytest.fixture
def containers() -> Iterator[Containers]:
    made = Containers()
    yield made
    for slot in made.started:
        slot.close()
        made.far[id(slot)].close()


def use(pool: Pool, environment: EnvironmentId = ONE, base: StateId = BASE) -> Slot:
    with pool.slot(environment, base) as slot:
        slot.base = base
    return slot


def test_an_idle_slot_is_used_again(containers: Containers) -> None:
    pool = containers.pool(2)
    assert use(pool) is use(pool)
    assert len(containers.started) == 1


def test_while_there_is_room_another_base_gets_a_slot_of_its_own(containers: Containers) -> None:
    pool = containers.pool(2)
    first, second = use(pool), use(pool, base=OTHER)
    assert first is not second
    assert use(pool) is first
    assert use(pool, base=OTHER) is second


def test_without_room_a_slot_of_the_environment_changes_its_base(containers: Containers) -> None:
    pool = containers.pool(1)
    assert use(pool) is use(pool, base=OTHER)
    assert containers.ended == []


def test_without_room_the_longest_idle_slot_makes_way(containers: Containers) -> None:
    pool = containers.pool(2)
    old, new = use(pool), use(pool, base=OTHER)
    use(pool, TWO)
    assert containers.ended == [old]
    assert use(pool, base=OTHER) is new


def test_a_slot_whose_run_raised_serves_nobody_else(containers: Containers) -> None:
    pool = containers.pool(1)
    with pytest.raises(SandboxLost), pool.slot(ONE, BASE):
        raise SandboxLost("gone")
    assert len(containers.ended) == 1
    assert use(pool) is not containers.ended[0]


def test_a_suspect_slot_serves_nobody_else(containers: Containers) -> None:
    pool = containers.pool(1)
    with pool.slot(ONE, BASE) as slot:
        slot.suspect = True
    assert containers.ended == [slot]


def test_a_slot_that_died_idle_is_replaced(containers: Containers) -> None:
    pool = containers.pool(1)
    dead = use(pool)
    containers.far[id(dead)].close()
    assert use(pool) is not dead
    assert containers.ended == [dead]


def test_a_slot_that_speaks_unasked_is_replaced(containers: Containers) -> None:
    pool = containers.pool(1)
    talker = use(pool)
    containers.far[id(talker)].send(b"forged")
    assert use(pool) is not talker


def test_a_slot_is_replaced_after_its_runs(containers: Containers) -> None:
    pool = containers.pool(1, runs=3)
    assert len({id(use(pool)) for _ in range(3)}) == 1
    assert len(containers.ended) == 1


def test_a_start_that_fails_leaves_its_room_free(containers: Containers) -> None:
    answers: list[bool] = [False, True]

    def start(environment: EnvironmentId) -> Slot:
        if not answers.pop(0):
            raise SandboxLost("no container")
        return containers.start(environment)

    pool = Pool(start, containers.end, size=1)
    with pytest.raises(SandboxLost):
        use(pool)
    assert use(pool).environment == ONE


def test_a_drained_pool_ends_what_is_idle_now_and_what_is_busy_later(
    containers: Containers,
) -> None:
    pool = containers.pool(2)
    idle = use(pool, base=OTHER)
    with pool.slot(ONE, BASE) as busy:
        pool.drain()
        assert containers.ended == [idle]
        pool.drain()
    assert containers.ended == [idle, busy]
    with pytest.raises(SandboxUnavailable, match="closed"):
        use(pool)


def test_there_are_never_more_slots_than_allowed_nor_two_runs_in_one(
    containers: Containers,
) -> None:
    pool = containers.pool(3)
    inside: set[int] = set()
    barrier = Barrier(8)

    def work(number: int) -> bool:
        barrier.wait(60)
        for turn in range(40):
            environment = ONE if (number + turn) % 3 else TWO
            with pool.slot(environment, StateId(str(turn % 4))) as slot:
                alone = id(slot) not in inside and slot.environment == environment
                inside.add(id(slot))
                slot.base = StateId(str(turn % 4))
                slot.suspect = turn % 7 == 0
                inside.discard(id(slot))
            if not alone:
                return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
    assert containers.most == 3
    assert len(containers.started) - len(containers.ended) <= 3

"""The tests of a simulated issue: what they are like and what each patch does in them."""

from agents.selection.pool import Mark, Origin, Test
from benchmarks.selection.chance import Chance
from benchmarks.selection.drawn import RIGHT, Kind, Patch, Script
from benchmarks.selection.parameters import Parameters

FIRST_MISTAKE = 1


class Scripts:
    """`clarity`, in [0, 1]: how well whoever writes tests understands the issue."""

    def __init__(self, chance: Chance, parameters: Parameters, clarity: float) -> None:
        self._chance, self._parameters, self._clarity = chance, parameters, clarity
        self._written = 0
        self.truth: dict[str, Script] = {}

    def draw(self) -> Test:
        """The first is the issue's own example where it has one."""
        number, self._written = self._written, self._written + 1
        if number == 0 and self._chance.happens(self._parameters.example, "example"):
            telling = self._chance.happens(self._parameters.example_telling, "example tells")
            return self._test("t0", "issue", Script(kind="telling" if telling else "weak"))
        return self._test(f"t{number}", "written", self._of_model(f"t{number}"))

    def own(self, key: str, patch: Patch) -> Test:
        """The author saw it pass on the patch, so it is at least not broken."""
        return self._test(f"{key}:own", "author", self._of_author(key, patch), author=key)

    def run(self, id_: str, key: str, patch: Patch) -> Mark:
        if self._chance.happens(self._parameters.lost, "lost", id_, key):
            return "unknown"
        return "passed" if self._passes(id_, self.truth[id_], key, patch) else "failed"

    def _of_model(self, id_: str) -> Script:
        p, clarity = self._parameters, self._clarity
        low, high = p.telling
        shares: dict[Kind, float] = {
            "idle": p.idle,
            "broken": p.broken,
            "picky": p.picky,
            "flaky": p.flaky,
            "toxic": p.toxic * (1 - clarity),
            "telling": low + (high - low) * clarity,
        }
        kind = self._kind(shares, id_)
        demands = kind == "toxic" and self._chance.happens(p.toxic_sides, "sides", id_)
        return Script(kind=kind, sides=FIRST_MISTAKE if demands else None)

    def _of_author(self, key: str, patch: Patch) -> Script:
        p = self._parameters
        shares: dict[Kind, float] = {
            "idle": p.idle,
            "picky": p.picky,
            "flaky": p.flaky,
            "toxic": 0.0 if patch.right else p.own_toxic,
            "telling": p.own_telling,
        }
        return Script(
            kind=self._kind(shares, f"{key}:own"), sides=None if patch.right else patch.behaviour
        )

    def _kind(self, shares: dict[Kind, float], id_: str) -> Kind:
        """What is left of 1 is weak."""
        left = self._chance.uniform("kind", id_)
        for kind, share in shares.items():
            left -= share
            if left < 0:
                return kind
        return "weak"

    def _test(self, id_: str, origin: Origin, script: Script, author: str | None = None) -> Test:
        self.truth[id_] = script
        p, chance = self._parameters, self._chance
        caught = script.kind == "flaky" and chance.happens(p.flaky_seen, "caught", id_)
        share = p.toxic_seen if script.kind == "toxic" else p.accused
        return Test(
            id=id_,
            origin=origin,
            author=author,
            on_base="passed" if script.kind == "idle" else "failed",
            stable=not caught,
            toxic="contradicts the documentation" if chance.happens(share, "seen", id_) else "",
        )

    def _passes(self, id_: str, script: Script, key: str, patch: Patch) -> bool:
        p, chance = self._parameters, self._chance
        match script.kind:
            case "idle" | "weak":
                return True
            case "broken":
                return False
            case "picky":
                return chance.happens(p.picky_passes, "picky", id_, patch.source)
            case "flaky":
                return chance.happens(p.flaky_passes, "flaky", id_, key)
            case "telling" | "toxic":
                return self._by_behaviour(id_, script, patch.behaviour)

    def _by_behaviour(self, id_: str, script: Script, behaviour: int) -> bool:
        if behaviour == RIGHT:
            return script.kind == "telling"
        if behaviour == script.sides:
            return True
        share = (
            self._parameters.toxic_passes if script.kind == "toxic" else self.subtlety(behaviour)
        )
        return self._chance.happens(share, "overlooked", id_, behaviour)

    def subtlety(self, mistake: int) -> float:
        """The share of telling inputs on which a mistake does not show."""
        return self._chance.beta(self._parameters.subtle, "subtle", mistake)

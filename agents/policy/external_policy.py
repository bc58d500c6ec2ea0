"""A policy that answers what the issue brings along: patches of other systems, in their order.

At the root each is an ordinary edit, so all that follows treats it like one of Budwood's own. A
patch applies as strictly as git applies it, or not at all. Tests that it changes are not part of
the edit: nobody writes the tests that choose him.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agents.domain import Ceiling, Edit, External, is_test_path
from agents.policy.external_split import author_tests, beside
from agents.policy.protocol import Exhausted, Policy, Position, Proposal, Proposed, Unusable
from sandbox.errors import PatchDoesNotApply, UnsafePath
from sandbox.protocol import StateId, States

NAME = "external"


@dataclass(frozen=True, slots=True)
class ExternalPolicy:
    """`then`: another policy, whose ideas follow. The given patches are only ever edits of the base."""

    then: Policy | None = None

    @property
    def name(self) -> str:
        """As in `SearchSettings.policy`."""
        return NAME if self.then is None else f"{NAME}+{self.then.name}"

    @property
    def ceiling(self) -> Ceiling:
        """The other policy's: what is given costs nothing."""
        return Ceiling() if self.then is None else self.then.ceiling

    def propose(self, position: Position, states: States) -> Proposal:
        """The `ordinal`-th patch at the root; behind the last, and elsewhere, what `then` says.

        Raises: ModelError.
        """
        if position.stage == "edit" and not position.path:
            given = position.issue.candidates
            if position.ordinal < len(given):
                return taken(given[position.ordinal], position.state, states)
            position = replace(position, ordinal=position.ordinal - len(given))
        return Exhausted() if self.then is None else self.then.propose(position, states)


def taken(external: External, base: StateId, states: States) -> Proposed | Unusable:
    """A patch as an edit of the base, without the tests that it changes."""
    if not external.patch.strip():
        return _unusable(external, "empty", "the patch is empty")
    try:
        whole = states.apply(base, ended(external.patch))
        changes = states.changed(base, whole)
        off = beside(changes, states.paths(base))
        state = states.fork(whole, {path: states.read(base, path) for path in off})
    except PatchDoesNotApply as error:
        return _unusable(external, "does_not_apply", why(external.patch, str(error)))
    except UnsafePath as error:
        return _unusable(external, "unsafe_path", one_line(str(error)))
    return _edit(external, state, states.changed(base, state), {p: changes[p] for p in off})


def _edit(
    external: External,
    state: StateId,
    kept: Mapping[str, bytes | None],
    off: Mapping[str, bytes | None],
) -> Proposed | Unusable:
    if not kept:
        tests = any(is_test_path(path) for path in off)
        only = f"it changes only {', '.join(sorted(off)[:3])}" if off else "it changes nothing"
        return _unusable(external, "changes_only_tests" if tests else "changes_nothing", only)
    stuck = [path for path in kept if is_test_path(path)]
    if stuck:
        said = f"it changes the mode or the kind of a test file, {stuck[0]}: leave that file out"
        return _unusable(external, "changes_tests", said)
    edit = Edit(
        changes=kept,
        summary=f"{external.name}: {len(kept)} file{'s' if len(kept) > 1 else ''}",
        origin=origin_of(external),
        state=state,
        brought=author_tests(off),
    )
    return Proposed(edit=edit)


def origin_of(external: External) -> str:
    """How outcomes and candidates name it."""
    return f"{NAME}:{external.name}"


def ended(patch: bytes) -> bytes:
    """With the line break at its end that git asks for, and that copying a patch often loses."""
    return patch if patch.endswith(b"\n") else patch + b"\n"


def why(patch: bytes, complaint: str) -> str:
    """What git complained of, and what may help."""
    return f"it does not apply: {one_line(complaint)}; {_remedy(patch, complaint)}"


def one_line(complaint: str) -> str:
    """A complaint of git's as one line."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    return "; ".join(line.removeprefix("error: ").removeprefix("fatal: ") for line in lines)


def _remedy(patch: bytes, complaint: str) -> str:
    heads = [line for line in patch.splitlines(keepends=True) if line.startswith(b"diff --git ")]
    if "No valid patches" in complaint:
        return "it must be a diff as git diff prints it"
    if any(line.endswith(b"\r\n") for line in heads):
        return "its lines end in CR LF, git's own lines too: convert it"
    if any(not line.startswith((b"diff --git a/", b'diff --git "a/')) for line in heads):
        return "its paths must begin with a/ and b/: git diff without --no-prefix"
    if b"\nBinary files " in patch:
        return "a binary file's content is missing: git diff --binary"
    if "corrupt patch" in complaint:
        return "it was cut or edited after git made it"
    return "make it on the issue's base commit"


def _unusable(external: External, reason: str, said: str) -> Unusable:
    return Unusable(
        reason=reason,
        feedback=said,
        summary=f"{external.name}: {reason.replace('_', ' ')}",
        origin=origin_of(external),
    )

"""Pools in files: one issue a line, as docs/selection-pools.md says. Reads and writes text, no file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, TypeVar, get_args

from agents.selection.fields import Document, Field
from agents.selection.labelled import LabelledPool
from agents.selection.patch_text import changed_lines, source_of
from agents.selection.pool import Judgement, Mark, Option, Origin, Pool, Probe, Test

MARKS: tuple[Mark, ...] = get_args(Mark)
ORIGINS: tuple[Origin, ...] = get_args(Origin)

POOL = (
    *("issue", "candidates", "right", "tests", "results"),
    *("probes", "judgements", "costs"),
)
CANDIDATE = (
    *("key", "patch", "source", "changed_lines", "refused"),
    *("regression", "review", "speed"),
)
TEST = ("id", "origin", "author", "on_base", "stable", "toxic")
PROBE = ("id", "outputs", "believed")
JUDGEMENT = ("shown", "preferred", "judge", "reason")


def read(lines: Iterable[str], file: str) -> Iterator[LabelledPool]:
    """The pools of a file; empty lines are passed over. `file`: its name, for errors.

    Raises: BadPool with file, line and field.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        whole = Field(_json(line, f"{file}, line {number}"), f"{file}, line {number}")
        labelled = _labelled(whole.document(POOL))
        if labelled.issue in seen:
            raise whole.inside("issue").bad(
                f"{labelled.issue} is on line {seen[labelled.issue]} already"
            )
        seen[labelled.issue] = number
        yield labelled


def written(labelled: LabelledPool) -> str:
    """The line, without its end, that `read` makes the same pool of."""
    pool = labelled.pool
    document = {
        "issue": labelled.issue,
        "candidates": [_plain(option) for option in pool.options],
        "right": sorted(labelled.right),
        "tests": [_plain(test) for test in pool.tests],
        "results": {test: dict(row) for test, row in pool.results.items()},
        "probes": [_plain(probe) for probe in pool.probes],
        "judgements": [_plain(judgement) for judgement in pool.judgements],
        "costs": dict(labelled.costs),
    }
    needed = {"candidates", "right"}
    return json.dumps({name: value for name, value in document.items() if value or name in needed})


def _json(line: str, place: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Field(None, place).bad(f"is not JSON: {error}") from None


def _labelled(line: Document) -> LabelledPool:
    options = _unique((_option(field) for field in line["candidates"].items()), line, "candidates")
    tests = _unique((_test(field, options) for field in line.items("tests")), line, "tests")
    pool = Pool(
        options=tuple(options.values()),
        tests=tuple(tests.values()),
        results={
            _known(row, test, tests, "test"): {
                _known(mark, key, options, "candidate"): mark.one_of(MARKS)
                for key, mark in row.entries().items()
            }
            for test, row in line.entries("results").items()
        },
        probes=tuple(
            _unique(
                (_probe(field, options) for field in line.items("probes")), line, "probes"
            ).values()
        ),
        judgements=tuple(_judgement(field, options) for field in line.items("judgements")),
    )
    return LabelledPool(
        issue=line["issue"].name(),
        pool=pool,
        right=frozenset(_candidate(field, options) for field in line["right"].items()),
        costs={stage: field.number() for stage, field in line.entries("costs").items()},
    )


def _option(field: Field) -> Option:
    given = field.document(CANDIDATE)
    patch = given["patch"].text() if "patch" in given else None
    if patch is None and "source" not in given:
        raise field.bad("patch or source is missing")
    if patch is None and "changed_lines" not in given:
        raise field.bad("patch or changed_lines is missing")
    return Option(
        key=given["key"].name(),
        source=given["source"].name() if "source" in given else source_of(patch or ""),
        changed_lines=(
            given["changed_lines"].whole()
            if "changed_lines" in given
            else changed_lines(patch or "")
        ),
        refused=given["refused"].text() if "refused" in given else "",
        regression=given["regression"].one_of(MARKS) if "regression" in given else "unknown",
        review=given["review"].number(1) if "review" in given else None,
        speed=given["speed"].number() if "speed" in given else None,
    )


def _test(field: Field, options: dict[str, Option]) -> Test:
    given = field.document(TEST)
    origin = given["origin"].one_of(ORIGINS)
    if ("author" in given) != (origin == "author"):
        raise field.bad("author must be there where origin is author, and nowhere else")
    return Test(
        id=given["id"].name(),
        origin=origin,
        author=_candidate(given["author"], options) if "author" in given else None,
        on_base=given["on_base"].one_of(MARKS),
        stable=given["stable"].flag() if "stable" in given else True,
        toxic=given["toxic"].text() if "toxic" in given else "",
    )


def _probe(field: Field, options: dict[str, Option]) -> Probe:
    given = field.document(PROBE)
    return Probe(
        id=given["id"].name(),
        outputs={
            _known(output, key, options, "candidate"): output.text()
            for key, output in given["outputs"].entries().items()
        },
        believed=tuple(output.text() for output in given.items("believed")),
    )


def _judgement(field: Field, options: dict[str, Option]) -> Judgement:
    given = field.document(JUDGEMENT)
    shown = [_candidate(key, options) for key in given["shown"].items()]
    if len(set(shown)) != len(shown) or len(shown) != 2:  # noqa: PLR2004 - a comparison
        raise given["shown"].bad("must be two different candidates")
    preferred = _candidate(given["preferred"], options) if "preferred" in given else None
    if preferred is not None and preferred not in shown:
        raise given["preferred"].bad(f"{preferred} was not shown")
    return Judgement(
        shown=(shown[0], shown[1]),
        preferred=preferred,
        judge=given["judge"].name() if "judge" in given else "pairwise",
        reason=given["reason"].text() if "reason" in given else "",
    )


Named = TypeVar("Named", Option, Test, Probe)


def _unique(found: Iterable[Named], line: Document, name: str) -> dict[str, Named]:
    by_name: dict[str, Named] = {}
    for number, member in enumerate(found):
        key = member.key if isinstance(member, Option) else member.id
        if key in by_name:
            raise line.whole.inside(f"{name}[{number}]").bad(f"{key} is there twice")
        by_name[key] = member
    return by_name


def _candidate(field: Field, options: dict[str, Option]) -> str:
    return _known(field, field.name(), options, "candidate")


def _known(field: Field, name: str, names: Iterable[str], what: str) -> str:
    if name not in names:
        raise field.bad(f"there is no {what} {name}")
    return name


def _plain(part: Option | Test | Probe | Judgement) -> dict[str, Any]:
    """Without what is not known."""
    return {
        name: value for name, value in asdict(part).items() if not (value is None or value == "")
    }

"""At which rank does the mutation policy propose the repair of a known bug?

Two kinds of bugs: seeded into functions of the standard library by token-level slips that know
nothing of our templates (a dropped word, another operator, a neighbouring name, lines that go
missing or change places), and hand-written pairs (`mutation_pairs.py`). A repair counts when its
syntax tree equals the original's, so the ranks are upper bounds: another edit may do as well.
Every line of the faulty function is equally suspicious; two other functions of the same file get
0.7, as coverage often leaves them. The baseline proposes the same edits in random order.
"""

import argparse
import ast
import difflib
import importlib
import io
import json
import random
import re
import statistics
import sys
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from agents.localise.functions import FunctionSpan, function_spans
from agents.policy.templates.base import Site
from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.ranking import rank
from agents.policy.templates.source import Module
from agents.policy.templates.vocabulary import Vocabulary
from benchmarks.mutation_pairs import PAIRS

MODULES = ("textwrap", "heapq", "bisect", "fractions", "string", "csv", "calendar", "shlex")
SUSPICIOUS_NEIGHBOUR = 0.7
_NOISE = re.compile(r"[\s()'\",]")
_OPERATORS = (("<", "<=", ">", ">=", "==", "!="), ("+", "-", "*", "//", "/", "%"))

_WORDS = (
    *(("and", "or"), ("True", "False"), ("min", "max"), ("is not", "is"), ("in", "not in")),
    *(("break", "continue"), ("append", "extend"), ("return", "yield")),
)


@dataclass(frozen=True, slots=True)
class Bug:
    name: str
    kind: str
    buggy: str
    fixed: str
    lines: dict[int, float]


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    kind: str
    rank: int | None
    template: str
    offered: int
    """Distinct edits of the whole catalogue on these lines."""
    random_rank: int | None


Slip = Callable[[random.Random, str], str]


def drop_word(rng: random.Random, text: str) -> str:
    return _cut(rng, text, r"\bnot |\bself\.|\.\w+\(\)|, \w+=\w+|\babs\b|\blen\b| or \w+| and \w+")


def other_operator(rng: random.Random, text: str) -> str:
    return _token(rng, text, tokenize.OP, rng.choice(_OPERATORS))


def other_name(rng: random.Random, text: str) -> str:
    names = sorted({t.string for t in _tokens(text) if t.type == tokenize.NAME})
    known = [name for name in names if not _is_keyword(name)]
    return _token(rng, text, tokenize.NAME, tuple(known))


def other_number(rng: random.Random, text: str) -> str:
    return _token(rng, text, tokenize.NUMBER, ("0", "1", "2", "3", "10"))


def missing_line(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = rng.randrange(1, max(2, len(lines)))
    return "".join([*lines[:at], *lines[at + 1 :]])


def missing_guard(rng: random.Random, text: str) -> str:
    return _cut(rng, text, r"(?m)^ +if [^\n]*:\n +(?:return|raise|continue)[^\n]*\n")


def exchanged_lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) < len(("def", "one", "two")):
        return text
    at = rng.randrange(1, len(lines) - 1)
    return "".join([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])


def other_word(rng: random.Random, text: str) -> str:
    one, two = rng.choice([*_WORDS, *((b, a) for a, b in _WORDS)])
    hits = list(re.finditer(rf"\b{one}\b", text))
    hit = rng.choice(hits) if hits else None
    return text if hit is None else text[: hit.start()] + two + text[hit.end() :]


SLIPS: tuple[Slip, ...] = (
    *(drop_word, other_operator, other_name, other_number),
    *(missing_line, missing_guard, exchanged_lines, other_word),
)


def seeded(rng: random.Random, each: int) -> Iterator[Bug]:
    """`each` bugs per slip."""
    files = {name: _source(name) for name in MODULES}
    for slip in SLIPS:
        made, tries = 0, 0
        while made < each and tries < 50 * each:
            tries += 1
            module = rng.choice(sorted(files))
            bug = _seed(rng, module, files[module], slip)
            if bug is not None:
                made += 1
                yield bug


def handwritten() -> Iterator[Bug]:
    for name, buggy, fixed in PAIRS:
        spans = function_spans(buggy)
        lines = {n: 1.0 for span in spans for n in range(span.start, span.end + 1)}
        yield Bug(name, "handwritten", buggy, fixed, lines)


def measure(bug: Bug, limit: int, rng: random.Random) -> Found:
    wanted = _letters(bug.fixed)
    ideas = rank({"a.py": bug.buggy}, {"a.py": bug.lines}, TEMPLATES)
    hits = (
        (place, mutant.template)
        for place, mutant in enumerate(islice(ideas, limit), 1)
        if _letters(mutant.text) == wanted and _same(mutant.text, bug.fixed)
    )
    place, template = next(hits, (None, ""))
    offered = _offered(bug)
    chance = None if place is None else rng.randint(1, max(offered, place))
    return Found(bug.name, bug.kind, place, template, offered, chance)


def table(found: list[Found], limit: int) -> list[dict[str, object]]:
    """One row per kind of bug, and one for all."""
    kinds = dict.fromkeys(f.kind for f in found)
    groups = [(kind, [f for f in found if f.kind == kind]) for kind in kinds]
    return [_row(kind, group, limit) for kind, group in [*groups, ("all", found)]]


def _row(kind: str, group: list[Found], limit: int) -> dict[str, object]:
    ours = [f.rank for f in group if f.rank is not None]
    chance = [f.random_rank for f in group if f.random_rank is not None]
    row: dict[str, object] = {"bugs": kind, "n": len(group), "reached": len(ours)}
    for top in (50, 150, 300, limit):
        row[f"top {top}"] = sum(place <= top for place in ours)
        row[f"random {top}"] = sum(place <= top for place in chance)
    return row | {"ours": _spread(ours), "random": _spread(chance)}


def _spread(places: list[int]) -> str:
    """Median and quartiles."""
    if len(places) < len(("one", "two")):
        return str(places[0]) if places else "-"
    low, middle, high = statistics.quantiles(places, n=4, method="inclusive")
    return f"{middle:.0f} [{low:.0f}, {high:.0f}]"


def _seed(rng: random.Random, module: str, source: str, slip: Slip) -> Bug | None:
    spans = [s for s in function_spans(source) if s.end - s.start >= len(SLIPS) // 2]
    span = rng.choice(spans)
    lines = source.splitlines(keepends=True)
    body = "".join(lines[span.start - 1 : span.end])
    broken = slip(rng, body)
    buggy = "".join([*lines[: span.start - 1], broken, *lines[span.end :]])
    if not _compiles(buggy) or _same(buggy, source):
        return None
    grown = broken.count("\n") - body.count("\n")
    return Bug(
        f"{module}.{span.name}", slip.__name__, buggy, source, _lines(rng, buggy, span, grown)
    )


def _lines(rng: random.Random, buggy: str, span: FunctionSpan, grown: int) -> dict[int, float]:
    others = [s for s in function_spans(buggy) if s.start != span.start]
    found = {
        n: SUSPICIOUS_NEIGHBOUR
        for other in rng.sample(others, min(2, len(others)))
        for n in range(other.start, other.end + 1)
    }
    return found | dict.fromkeys(range(span.start, span.end + grown + 1), 1.0)


def _offered(bug: Bug) -> int:
    """How many distinct texts the catalogue offers on the suspicious lines."""
    module = Module("a.py", bug.buggy)
    words = Vocabulary(module)
    changes = {
        (change.start, change.end, change.text)
        for node in words.nodes(None)
        if getattr(node, "lineno", 0) in bug.lines
        for template in TEMPLATES
        if type(node) in template.kinds
        for change in template.find(Site(module, words, node))
    }
    return len(changes)


def _letters(text: str) -> str:
    """Equal trees have equal letters, whatever the layout: a cheap first look."""
    counts = Counter(_NOISE.sub("", text))
    return "".join(f"{letter}{counts[letter]}" for letter in sorted(counts))


def _same(left: str, right: str) -> bool:
    return _tree(left) == _tree(right)


def _tree(text: str) -> str:
    """The syntax tree without docstrings: a slip in prose is no bug."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.dump(tree)


def _difference(bug: Bug) -> list[str]:
    lines = difflib.unified_diff(bug.buggy.splitlines(), bug.fixed.splitlines(), n=0, lineterm="")
    return list(lines)[2:]


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "seeded", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def _source(name: str) -> str:
    file = importlib.import_module(name).__file__
    return Path(file or "").read_text(encoding="utf-8")


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return []


def _is_keyword(name: str) -> bool:
    return name in {"self", "None", "True", "False"} or not _compiles(f"{name} = 0")


def _token(rng: random.Random, text: str, kind: int, values: tuple[str, ...]) -> str:
    """One token of a kind becomes another of these values."""
    fitting = [t for t in _tokens(text) if t.type == kind and (t.string in values)]
    if not fitting or len(values) < len(("old", "new")):
        return text
    token = rng.choice(fitting)
    lines = text.splitlines(keepends=True)
    row, column = token.start
    line = lines[row - 1]
    new = rng.choice([value for value in values if value != token.string])
    lines[row - 1] = line[:column] + new + line[token.end[1] :]
    return "".join(lines)


def _cut(rng: random.Random, text: str, pattern: str) -> str:
    hits = list(re.finditer(pattern, text))
    hit = rng.choice(hits) if hits else None
    return text if hit is None else text[: hit.start()] + text[hit.end() :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=12, help="seeded bugs per slip")
    parser.add_argument("--limit", type=int, default=2000, help="proposals per bug")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write everything there")
    parser.add_argument("--verbose", action="store_true", help="one line per bug")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    bugs = [*handwritten(), *seeded(rng, options.each)]
    found = []
    for bug in bugs:
        found.append(measure(bug, options.limit, rng))
        if options.verbose:
            print(found[-1], *_difference(bug), sep="\n", file=sys.stderr)
    rows = table(found, options.limit)
    print(" | ".join(rows[0]))
    for row in rows:
        print(" | ".join(str(value) for value in row.values()))
    if options.json:
        report = {"rows": rows, "bugs": [asdict(f) for f in found], "limit": options.limit}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

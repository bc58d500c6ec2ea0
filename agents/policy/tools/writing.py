"""Calls that write: into a draft, strictly, or with a reason why not."""

from agents.policy.compile_check import compile_problem
from agents.policy.draft import Draft
from agents.policy.edit_formats import Block, EditProblem, apply_blocks
from agents.policy.edit_paths import no_such_file, path_problem
from agents.policy.tools.arguments import Arguments


def write(name: str, given: Arguments, draft: Draft) -> str | EditProblem:
    """Carry out ``edit`` or ``create`` in the draft; nothing is changed where there is a problem.

    The answer says when the file does not compile as it is now: another edit may mend that.
    """
    path = str(given["path"]).removeprefix("./")
    if problem := path_problem(path, draft.paths()):
        return EditProblem("forbidden_path", problem)
    if name == "create":
        content = _created(path, str(given["content"]), draft)
    else:
        content = _edited(path, str(given["old"]), str(given["new"]), draft)
    if isinstance(content, EditProblem):
        return content
    draft.put(path, content)
    broken = compile_problem(draft.changes, lambda p: draft.states.read(draft.state, p))
    return f"Done. {broken.feedback} Mend it before you finish." if broken else "Done."


def _created(path: str, content: str, draft: Draft) -> bytes | EditProblem:
    before = draft.read(path)
    if before is not None and before.strip():
        return EditProblem("does_not_apply", f"{path} exists already: change it with edit.")
    return content.encode()


def _edited(path: str, old: str, new: str, draft: Draft) -> bytes | EditProblem:
    """To the character where `old` occurs so; else by whole lines, as SEARCH/REPLACE blocks are."""
    content = draft.read(path)
    if content is None:
        return EditProblem("does_not_apply", no_such_file(path, draft.paths()))
    if b"\0" in content:
        return EditProblem("not_text", f"{path} is not a text file.")
    if not old.strip() or old == new:
        return EditProblem("changes_nothing", "`old` must be what is to be replaced by `new`.")
    text = content.decode("utf-8", "surrogateescape")
    found = text.count(old)
    if found > 1:
        return EditProblem("ambiguous", _ambiguous(path, text, old, found))
    if found == 0:
        return _by_lines(path, old, new, draft)
    return text.replace(old, new).encode("utf-8", "surrogateescape")


def _by_lines(path: str, old: str, new: str, draft: Draft) -> bytes | EditProblem:
    """With another indentation, other line ends or trailing blanks than the file's."""
    block = Block(path, tuple(_lines(old)), tuple(_lines(new)))
    result = apply_blocks([block], draft.read, draft.paths())
    if isinstance(result, EditProblem):
        return result
    return result.changes[path] or b""


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip("\n").split("\n") if text.strip() else []


def _ambiguous(path: str, text: str, old: str, found: int) -> str:
    starts, place = [], -1
    for _ in range(min(found, 5)):
        place = text.index(old, place + 1)
        starts.append(str(text.count("\n", 0, place) + 1))
    return (
        f"`old` matches {found} places in {path}, at lines {', '.join(starts)}: add lines above or "
        "below it until it matches one."
    )

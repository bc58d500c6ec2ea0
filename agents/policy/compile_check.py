"""Whether changed Python files still parse, before a sandbox is spent on them. Runs nothing."""

from collections.abc import Mapping

from agents.policy.edit_formats import EditProblem, Read


def compile_problem(changes: Mapping[str, bytes | None], read: Read) -> EditProblem | None:
    """The first changed ``.py`` file that does not compile any more; None when all is well.

    A file that did not compile before (a fixture, another Python's syntax) is not judged.
    """
    for path, content in sorted(changes.items()):
        if content is None or not path.endswith(".py"):
            continue
        error = _error(path, content)
        before = read(path)
        if error and (before is None or not _error(path, before)):
            return EditProblem("does_not_compile", f"With this edit {path} has an error: {error}")
    return None


def _error(path: str, content: bytes) -> str:
    try:
        compile(content, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno}).\n{_around(content, error.lineno or 1)}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{error}."
    return ""


def _around(content: bytes, line: int) -> str:
    lines = content.decode("utf-8", "replace").splitlines()
    quoted = "\n".join(lines[max(0, line - 4) : line + 2])
    return f"After the edit, the lines there are:\n```python\n{quoted}\n```"

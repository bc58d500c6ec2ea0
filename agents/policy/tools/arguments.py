"""The arguments of one call, checked against what the function takes. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from agents.llm.protocol import ToolCall
from agents.policy.edit_formats import EditProblem
from agents.policy.tools.definitions import BY_NAME

Arguments = Mapping[str, str | int]

MOST_DIGITS = 9
"""Of a number: no file has more lines, and `int` refuses very long ones."""


def arguments(call: ToolCall) -> Arguments | EditProblem:
    """What was given by name. Numbers may come as text; what the function does not know, and what
    is null, is left out. A problem names the function and what it needs.
    """
    tool = BY_NAME.get(call.name)
    if tool is None:
        text = f"There is no function {call.name!r}; there are: {', '.join(BY_NAME)}."
        return EditProblem("unparsable", text)
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError) as error:
        return EditProblem("unparsable", f"The arguments of {call.name} are not JSON: {error}.")
    if not isinstance(given, dict):
        return EditProblem("unparsable", f"The arguments of {call.name} are no JSON object.")
    return _checked(call.name, tool.parameters, given)


def _checked(
    name: str, schema: Mapping[str, Any], given: Mapping[str, Any]
) -> Arguments | EditProblem:
    found: dict[str, str | int] = {}
    for field, kind in schema["properties"].items():
        value = given.get(field)
        if value is None:
            continue
        known = _number(value) if kind["type"] == "integer" else value
        if not isinstance(known, int if kind["type"] == "integer" else str):
            return EditProblem("unparsable", f"{name}: {field} must be of type {kind['type']}.")
        if isinstance(known, str) and any("\ud800" <= character <= "\udfff" for character in known):
            return EditProblem("unparsable", f"{name}: {field} is not valid Unicode.")
        found[field] = known
    missing = [field for field in schema["required"] if field not in found]
    if missing:
        return EditProblem("unparsable", f"{name} needs {', '.join(missing)}.")
    return found


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None

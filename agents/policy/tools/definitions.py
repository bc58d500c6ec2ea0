"""What the model is told of its functions."""

from collections.abc import Mapping
from typing import Any

from agents.llm.protocol import Tool

_TEXT = {"type": "string"}
_LINE = {"type": "integer", "minimum": 1}
_PATH = {"type": "string", "description": "Path of a file, relative to the repository."}


def _tool(name: str, description: str, needed: tuple[str, ...], /, **fields: Any) -> Tool:
    parameters: Mapping[str, Any] = {
        "type": "object",
        "properties": fields,
        "required": list(needed),
        "additionalProperties": False,
    }
    return Tool(name=name, description=description, parameters=parameters)


READING = (
    _tool(
        "search",
        "Find lines that contain a text, to the letter. Answers path, line number and line.",
        ("text",),
        text=_TEXT,
        folder={"type": "string", "description": "Only below this folder."},
    ),
    _tool(
        "symbols",
        "Where functions and methods are defined: all of a file, or those of a name anywhere.",
        (),
        path=_PATH,
        name={"type": "string", "description": "Such as parse or Parser.parse."},
    ),
    _tool(
        "view",
        "Show lines of a file, as they are.",
        ("path",),
        path=_PATH,
        start=_LINE,
        end=_LINE,
    ),
)
WRITING = (
    _tool(
        "edit",
        "Replace `old`, which must occur exactly once in the file, by `new`.",
        ("path", "old", "new"),
        path=_PATH,
        old=_TEXT,
        new=_TEXT,
    ),
    _tool("create", "Add a new file.", ("path", "content"), path=_PATH, content=_TEXT),
)
FINISH = _tool("finish", "The repair is complete.", ())

TOOLS = (*READING, *WRITING, FINISH)
BY_NAME = {tool.name: tool for tool in TOOLS}

"""Filling the templates of this folder."""

from pathlib import Path

from agents.llm.templates import templates

render = templates(Path(__file__).parent)

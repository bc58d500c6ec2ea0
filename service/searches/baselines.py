"""Baselines as files in the cache folder: made again when they are gone or cannot be read."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from agents.verify.baseline import MeasuredBaseline
from service.kit.documents import from_document, to_document


@dataclass(frozen=True, slots=True)
class FileBaselines:
    """`agents.verify.baseline_store.BaselineStore` on a folder. Safe between processes."""

    folder: Path

    def get(self, key: str) -> MeasuredBaseline | None:
        try:
            document = json.loads((self.folder / f"{key}.json").read_text())
            return from_document(MeasuredBaseline, document)
        except (OSError, ValueError, ValidationError):
            return None

    def put(self, key: str, measured: MeasuredBaseline) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as file:
            json.dump(to_document(measured), file)
        os.replace(file.name, self.folder / f"{key}.json")  # noqa: PTH105 - a name, not a path

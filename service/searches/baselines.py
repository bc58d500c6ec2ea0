"""Baselines as files in the cache folder: made again when they are gone or cannot be read."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import ValidationError

from agents.verify.baseline import MeasuredBaseline
from service.kit.documents import from_document, to_document

_log = structlog.get_logger()


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
        """A full disk costs the next search its time, not this one its life."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
                made = Path(scratch) / "baseline"
                made.write_text(json.dumps(to_document(measured)))
                made.replace(self.folder / f"{key}.json")
        except OSError as error:
            _log.warning("baseline not kept", error=str(error))

"""What pools were made of, beside their file: a pool keeps neither patches nor who sampled them."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from benchmarks.selection.candidates import Sampling
from benchmarks.selection.ground import key
from benchmarks.selection.sampling import encoded


def origin(samplings: Sequence[Sampling]) -> str:
    """A digest of every candidate's key, patch and label, and of how many tokens they cost."""
    told = sorted(
        (
            key(sampling, trial),
            sha256(encoded(trial.patch)).hexdigest(),
            trial.trial in sampling.right,
        )
        for sampling in samplings
        for trial in sampling.patches
    )
    tokens = sum(trial.tokens for sampling in samplings for trial in sampling.trials)
    return sha256(json.dumps([told, tokens]).encode()).hexdigest()


def beside(pools: Path) -> Path:
    """Where the origins of a file of pools lie."""
    return pools.with_name(f"{pools.stem}-origins.json")


def load(path: Path) -> dict[str, str]:
    """Issue → `origin`; empty where there is no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path: Path, found: Mapping[str, str]) -> None:
    """The whole file."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(path)

"""The figures of value functions are those of any number in [0, 1] that foretells something."""

from agents.selection.calibration.figures import (
    BINS,
    ECE_FROM,
    Bin,
    Calibration,
    Pair,
    auc,
    brier,
    calibration,
    ece,
    reliability,
)

__all__ = [
    "BINS",
    "ECE_FROM",
    "Bin",
    "Calibration",
    "Pair",
    "auc",
    "brier",
    "calibration",
    "ece",
    "reliability",
]

"""``/v1/strategies``."""

from dataclasses import asdict

from fastapi import APIRouter

from agents.registry import described
from service.strategies.schemas import StrategyOut

router = APIRouter(prefix="/strategies", tags=["strategies"])


@router.get("")
def strategies() -> list[StrategyOut]:
    """What ``search.strategy`` and ``search.options`` may be, with every default."""
    return [StrategyOut.model_validate(asdict(info)) for info in described()]

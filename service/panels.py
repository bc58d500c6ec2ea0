"""Who helps to verify a search, with the model behind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agents.llm.journal import Journal
from agents.settings import JudgeKind
from agents.store import SearchRecord
from agents.verify.judging.debate import Debate
from agents.verify.judging.pairwise import PairwiseJudge
from agents.verify.judging.prober import LlmProber
from agents.verify.judging.reviewer import LlmReviewer
from agents.verify.judging.trajectory import SelectionTrajectory
from agents.verify.panel import Judge, Panel
from agents.verify.writing.llm_writer import LlmTestWriter
from service.journals import Journals

JUDGES: Mapping[JudgeKind, Callable[[Journal, str], Judge]] = {
    "pairwise": PairwiseJudge,
    "selection": SelectionTrajectory,
    "debate": Debate,
}


@dataclass(frozen=True, slots=True)
class Panels:
    """Builds a search's panel. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> Panel:
        """Nobody where the search has no model. Raises: ModelError when a model is wanted and none
        can be had; PriceUnknown."""
        name, how = self._model(record), record.settings.verification
        rungs = {"written", "distinguish", "review", "judge"}.difference(how.without)
        if how.judge == "none":
            rungs.discard("judge")
        if name is None or not rungs:
            return Panel()
        journal = self.journals.of(record, name)
        return Panel(
            writer=LlmTestWriter(journal, name, tests=how.tests, seed=record.settings.seed)
            if "written" in rungs and how.tests
            else None,
            prober=LlmProber(journal, name) if "distinguish" in rungs and how.probes else None,
            judge=JUDGES[how.judge](journal, name) if "judge" in rungs else None,
            reviewer=LlmReviewer(journal, name) if "review" in rungs else None,
        )

    def _model(self, record: SearchRecord) -> str | None:
        """The one that is named for it, the search's judge, or its own where a policy asks one."""
        named = record.settings.verification.model or record.settings.judge
        if named or "llm" not in record.settings.policy:
            return named
        return self.journals.models(record)[0].name

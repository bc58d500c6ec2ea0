"""Search settings for an issue that brings patches along. Pure."""

from dataclasses import replace

from agents.policy.external_policy import NAME
from agents.settings import SearchSettings


def choosing(settings: SearchSettings, given: int) -> SearchSettings:
    """Only choose among `given` patches: nothing else is proposed, whatever `settings` names."""
    chosen = replace(settings, policy=(), strategy="best_of_n", options={"n": float(given)})
    return beginning_with(chosen, given)


def beginning_with(settings: SearchSettings, given: int) -> SearchSettings:
    """`given` patches first, then the policies of `settings`. All of them may be verified."""
    own = tuple(name for name in settings.policy if name != NAME)
    verification = replace(settings.verification, most=max(settings.verification.most, given))
    return replace(settings, policy=(NAME, *own), verification=verification)

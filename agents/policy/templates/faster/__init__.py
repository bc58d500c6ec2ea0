"""Templates that save time, for issues with a workload. What they say is tested and timed like any
other edit: none of them is sure to keep the meaning.
"""

from agents.policy.templates.faster import cached, extremes, hoisted, members, seen

FASTER = (
    members.TEMPLATE,
    seen.TEMPLATE,
    hoisted.TEMPLATE,
    cached.TEMPLATE,
    extremes.TEMPLATE,
)

"""From a belief to a confidence that means what it says, learnt from what came of verdicts. Pure."""

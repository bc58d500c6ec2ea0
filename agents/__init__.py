"""WHAT the search does: tree, strategies, policies, verifier."""

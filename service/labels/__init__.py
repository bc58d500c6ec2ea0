"""What came of verdicts, as graders and people tell it. Nothing that searches reads it."""

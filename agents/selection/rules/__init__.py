"""Rules that choose among candidates. Each is a `Selector` in a file of its own."""

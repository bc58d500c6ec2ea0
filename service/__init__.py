"""HOW it is served: HTTP, queue, tables, CLI."""

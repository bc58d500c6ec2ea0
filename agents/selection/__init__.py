"""Choosing among candidates by what is known of them. Pure: knows the standard library alone."""

"""Searches as rows, and the ways to carry them out."""

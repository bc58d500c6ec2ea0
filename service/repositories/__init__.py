"""Repositories: uploaded, cloned, or already here."""

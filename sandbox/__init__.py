"""WHERE untrusted code runs. Imports nothing of ours."""

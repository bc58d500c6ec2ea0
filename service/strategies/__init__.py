"""The strategies that there are, over HTTP."""

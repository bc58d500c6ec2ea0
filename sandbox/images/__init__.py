"""Images that are put together from what the machine has."""

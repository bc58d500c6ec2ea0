"""The commands of `budwood`, a file for each that is more than a call."""

"""Functions that a model may call: to read the state it is to repair, and to write its edit."""

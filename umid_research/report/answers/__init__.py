"""The answers to single questions."""

"""Decide what is out of date, run one build at a time and list what was delivered."""

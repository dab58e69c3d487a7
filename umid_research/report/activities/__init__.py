"""The activities of the project: events, coverage and next steps."""

"""The indicators of the activities and their definitions."""

"""The scores of groups and districts."""

"""The differences between groups, sides and districts."""

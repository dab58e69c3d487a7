"""Draw the figures of all topics: canvas, style and row names."""

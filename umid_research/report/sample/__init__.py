"""Who took part, and what became of their submissions."""

"""How far the conclusions depend on choices of the analysis, and how reliable the scores are."""

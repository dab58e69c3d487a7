"""Score and compare: responses to scores, comparisons, reliability, robustness and status."""

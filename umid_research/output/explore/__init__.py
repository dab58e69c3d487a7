"""Explore a study in JupyterLab: choose a view and see its figure, sentence and tables.

    language, view, dimension, question, by, district  ─►  figure, sentence, tables, CSV files

A choice shows the figures, sentences and tables of the reports. They are made only from the
published numbers, so that a user sees nothing here that readers of the reports may not see.
"""

from umid_research.output.explore.panel import Panel, panel

__all__ = ["Panel", "panel"]

"""A study to look through in JupyterLab: what can be chosen in it, and what reports show of it.

    language, view, dimension, question, by, district  ─►  figure, sentence, tables, CSV files

A choice draws the reports' own figures, sentences and tables from the published numbers and from
nothing else, so that nobody sees more here than a reader of the reports.
"""

from umid_research.explore.panel import Panel, panel

__all__ = ["Panel", "panel"]

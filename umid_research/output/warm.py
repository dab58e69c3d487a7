"""What every report and its kernel need, loaded once by the process that they are forked from.

Modules of this package that only the exporters need are not loaded here but by each job.
"""

import gc
import os
from importlib import import_module

# A kernel chooses this before it loads matplotlib, which reads it only then.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

from umid_research.analysis.score import UNITS
from umid_research.output.publish import kernels, running
from umid_research.report import activity_report, annex, charts, texts, topics

_LIBRARIES = """
ipykernel.kernelapp ipykernel.zmqshell nbclient nbformat.v4 nbconvert.filters papermill.execute
papermill.engines papermill.iorw papermill.translators babel.dates scipy.stats jinja2 bs4
matplotlib.backends.backend_agg matplotlib.backends.backend_svg PIL.Image fontTools.subset
openpyxl pptx.chart.xlsx typst pypandoc
"""
__all__ = ["activity_report", "annex", "charts", "kernels", "running", "texts", "topics"]

for _name in _LIBRARIES.split():
    import_module(_name)
# pandera loads its checks when it checks the first frame, which takes a second.
UNITS.checked(UNITS.empty())
# What is here now is never garbage; otherwise every child would look through it again.
gc.collect()
gc.freeze()

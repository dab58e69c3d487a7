"""What every report and its kernel need, loaded once by the process that they are forked from.

Modules of this package that only the exporters need are not loaded here but by each job, so that
a kernel does not have them (`runs.records` notes what it has). The one exception is the typeface:
every page has the same letters of it, and choosing them takes a tenth of a second.
"""

import gc
import os
from importlib import import_module

from umid_research.runs.records import start_noting

_LIBRARIES = """
ipykernel.kernelapp ipykernel.zmqshell nbclient nbformat.v4 nbconvert.filters papermill.execute
papermill.engines papermill.iorw papermill.translators babel.dates scipy.stats jinja2 bs4
matplotlib.backends.backend_agg matplotlib.backends.backend_svg PIL.Image fontTools.subset
openpyxl pptx.chart.xlsx typst pypandoc
"""
# The first one keeps a library from being loaded that takes a second and is not used.
_OWN = """
output.publish.running output.publish.kernels report.activity_report report.annex report.charts
report.texts report.topics output.typeface
"""

start_noting()  # before a file of this package is read
# A kernel chooses this before it loads matplotlib, which reads it only then.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
for _name in [*(f"umid_research.{name}" for name in _OWN.split()), *_LIBRARIES.split()]:
    import_module(_name)
# What is loaded or worked out only when it is first asked for: the checks of frames and of
# notebooks, the grammar of conditions, catalogues and locales.
_pandera = import_module("pandera.pandas")
_checked = {"a": _pandera.Column(str, _pandera.Check.isin(["b"]))}
_pandera.DataFrameSchema(_checked).validate(import_module("pandas").DataFrame({"a": ["b"]}))
import_module("nbformat").validate(import_module("nbformat.v4").new_notebook())
import_module("umid_research.study.conditions").is_understood("${a} = 'b'")
import_module("umid_research.messages").load_catalogues()
import_module("umid_research.output.typeface").font_faces()
# What is here now is never garbage; otherwise every child would look through it again.
gc.collect()
gc.freeze()

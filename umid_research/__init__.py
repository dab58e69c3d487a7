"""From a questionnaire and the exports of a survey to a study that people can read and rebuild.

The functions below are the public API; everything else may change without notice:

    >>> from umid_research import open_report, read_study
"""

from importlib import import_module

# Each name and the module that defines it. Nothing is imported before it is asked for: the check
# whether anything is out of date imports this package too, and has to answer at once.
_MODULES = {
    "clean_responses": "clean",
    "compare_units": "analysis.compare",
    "open_report": "report.study_report",
    "open_study": "bench.study",
    "read_questionnaire": "study.questionnaire",
    "read_raw": "raw",
    "read_study": "study",
    "score_responses": "analysis.score",
    "score_units": "analysis.score",
}
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> object:
    """Return a function of the public API, importing its module first."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """Return the names of the public API, for completion in JupyterLab."""
    return [*globals(), *__all__]

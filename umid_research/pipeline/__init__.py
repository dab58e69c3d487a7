"""The stages of the pipeline from a study folder to its reports.

A stage is the function of a command; the stages that make frames are also called steps (`steps`).
A stage takes the options of its command and yields the lines to print. It imports what it needs
when it runs, so that no command waits for the libraries of another.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator

from umid_research.pipeline.archive import archive
from umid_research.pipeline.catalogue import check_catalogue, review_language
from umid_research.pipeline.change import change
from umid_research.pipeline.field_work import fetch, monitor
from umid_research.pipeline.folders import begin, questionnaire, simulate, templates
from umid_research.pipeline.reports import frames, lab, notebooks, publish, report, verify
from umid_research.pipeline.steps import FRAME_STAGES

Stage = Callable[[Namespace], Iterator[str]]
STAGES: tuple[Stage, ...] = (
    *FRAME_STAGES,
    frames,
    publish,
    report,
    verify,
    change,
    archive,
    begin,
    fetch,
    questionnaire,
    templates,
    monitor,
    simulate,
    notebooks,
    lab,
    check_catalogue,
    review_language,
)

__all__ = [
    "FRAME_STAGES",
    "STAGES",
    "Stage",
    "archive",
    "begin",
    "change",
    "check_catalogue",
    "fetch",
    "frames",
    "monitor",
    "notebooks",
    "publish",
    "questionnaire",
    "report",
    "review_language",
    "simulate",
    "templates",
    "verify",
]

"""The stages of the way from a study folder to its reports: what each reads, makes and says.

A stage takes the options of its command and yields, as it goes, the lines that it has to say. It
imports what it needs when it runs, so that no command waits for the libraries of another.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator

from umid_research.stages.catalogue import check_catalogue
from umid_research.stages.folders import begin, questionnaire, simulate, templates
from umid_research.stages.pipeline import FRAME_STAGES
from umid_research.stages.reports import frames, lab, notebooks, publish, report

Stage = Callable[[Namespace], Iterator[str]]
STAGES: tuple[Stage, ...] = (
    *FRAME_STAGES,
    frames,
    publish,
    report,
    begin,
    questionnaire,
    templates,
    simulate,
    notebooks,
    lab,
    check_catalogue,
)

__all__ = [
    "FRAME_STAGES",
    "STAGES",
    "Stage",
    "begin",
    "check_catalogue",
    "frames",
    "notebooks",
    "publish",
    "questionnaire",
    "report",
    "simulate",
    "templates",
]

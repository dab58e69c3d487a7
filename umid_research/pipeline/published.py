"""The stage that decides which numbers may be published: all frames -> published."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from umid_research.pipeline.description import read_description
from umid_research.pipeline.divided import is_divided
from umid_research.runs.jobs import results_of

if TYPE_CHECKING:
    from umid_research.disclosure.audit.linked_scores import LinkedScores
    from umid_research.disclosure.cheapest import Cell


def disclose(options: Namespace) -> Iterator[str]:
    """Apply the disclosure rules: all frames -> published."""
    import pandas as pd

    from umid_research.analysis.compare import read_comparisons
    from umid_research.analysis.implementation import read_implementation
    from umid_research.analysis.meetings import read_themes
    from umid_research.analysis.reliability import read_reliability
    from umid_research.analysis.robustness import read_robustness
    from umid_research.analysis.score import read_units
    from umid_research.clean import read_cleaned
    from umid_research.clean.interviews import INTERVIEWS
    from umid_research.disclosure.editions import protect_edition, read_editions
    from umid_research.disclosure.rules import publish_frames, publish_implementation
    from umid_research.disclosure.suppression import protect
    from umid_research.disclosure.tables import split_tables, write_published
    from umid_research.frames import read_frame
    from umid_research.raw import INTAKE
    from umid_research.report.study_report import DESCRIPTION

    study, questionnaire = read_description(options.processed)
    cleaned = read_cleaned(options.processed, questionnaire)
    published = publish_frames(
        cleaned,
        read_units(options.processed),
        read_comparisons(options.processed),
        questionnaire,
        study,
        account=read_frame(options.processed, INTAKE),
        interviews=read_frame(options.processed, INTERVIEWS),
        reliability=read_reliability(options.processed),
        robustness=read_robustness(options.processed),
    )
    meetings = read_themes(options.processed)
    of_plan = publish_implementation(
        read_implementation(options.processed), meetings, published, questionnaire, study
    )
    published = pd.concat([published, of_plan], ignore_index=True)
    editions = read_editions(options.processed / DESCRIPTION, study)
    protected = partial(
        protect,
        cleaned=cleaned,
        questionnaire=questionnaire,
        study=study,
        theme_cells=meetings.theme_cells,
        each=_side_by_side if is_divided(options, cleaned) else map,
    )
    published, few = protect_edition(published, editions, study, protected)
    if editions:
        yield f"editions {few} numbers withheld: as in an earlier edition, or for what both tell"
    write_published(options.processed, split_tables(published), study)
    withheld = int((~published["shown"]).sum())
    yield f"disclose {len(published)} numbers, {withheld} of them withheld"


def _side_by_side(
    work: "Callable[[LinkedScores], list[Cell]]", jobs: "list[LinkedScores]"
) -> "list[list[Cell]]":
    return results_of(work, jobs, [job.given.size for job in jobs])

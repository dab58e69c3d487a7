"""The command that compares a study with an earlier round of it."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from umid_research.errors import StudyError
from umid_research.runs.stamp import frames_folder

if TYPE_CHECKING:
    import pandas as pd

    from umid_research.analysis.change import Round


def change(options: Namespace) -> Iterator[str]:
    """Compare a study with an earlier round of it: what has changed at the same places."""
    from umid_research.analysis.change import compare_items, measure_change
    from umid_research.disclosure.rules.changes import publish_changes
    from umid_research.output.change import write_change
    from umid_research.pipeline.reports import frames
    from umid_research.report.change.change_report import with_change
    from umid_research.report.study_report import open_report, report_languages

    _check_rounds(options.earlier, options.raw)
    before = Namespace(**vars(options))
    before.raw = options.earlier
    before.processed = frames_folder(options.earlier)
    for one in (before, options):
        yield from frames(one)
    (earlier, first), (later, second) = (_read(one.processed) for one in (before, options))
    items = compare_items(earlier.questionnaire, later.questionnaire, later.study.bridges)
    changes = publish_changes(
        measure_change(earlier, later, items, seed=later.study.seed),
        (first, second),
        (earlier.study.thresholds, later.study.thresholds),
    )
    yield f"change   {int(items['used'].sum())} of {len(items)} items are the same in both rounds"
    target = Path("build") / later.study.id / "change"
    languages = options.languages or report_languages(later.study)
    for language in languages:
        report = with_change(
            open_report("change", language=language, processed=options.processed),
            earlier=earlier.study,
            earlier_form=earlier.questionnaire,
            changes=changes,
            items=items,
        )
        for path in write_change(report, target / language):
            yield f"change   {path}"
    yield f"open     {target / languages[0] / 'change.html'}"


def _read(processed: Path) -> "tuple[Round, pd.DataFrame]":
    """Return a round, and its published means of groups."""
    from umid_research.analysis.change import Round
    from umid_research.disclosure.tables import read_published
    from umid_research.pipeline.description import read_answers

    study, form, cleaned = read_answers(processed)
    one = Round(cleaned.responses, cleaned.states, form, study)
    return one, read_published(processed)["scores_by_group"]


def _check_rounds(earlier: Path, later: Path) -> None:
    """Refuse two folders that are not an earlier and a later round, before minutes of work."""
    from umid_research.study import read_study

    first, second = read_study(earlier), read_study(later)
    if first.id == second.id:
        raise StudyError(
            "the two rounds have the same id; give each its own, because it names the folder of "
            "their frames",
            where=f"{later / 'study.toml'}, entry id",
            found=second.id,
        )
    if first.provenance != second.provenance:
        raise StudyError(
            "simulated answers are not compared with those of people",
            where=f"{earlier / 'study.toml'}, entry provenance",
            found=first.provenance,
            possible=[second.provenance],
        )
    if first.field_work.start >= second.field_work.start:
        raise StudyError(
            "the earlier round does not begin before the later one; exchange the two",
            where=f"{earlier / 'study.toml'}, entry field_work.start",
            found=first.field_work.start,
        )

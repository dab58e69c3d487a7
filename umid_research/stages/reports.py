"""What readers get: the reports, by the last stage or by all at once, and the stored notebooks."""

from argparse import Namespace
from collections.abc import Iterator

from umid_research.stages.description import read_description
from umid_research.stages.way import FRAME_STAGES
from umid_research.stamp import drop_broken_manifest, write_stamp


def publish(options: Namespace) -> Iterator[str]:
    """published -> executed notebooks -> reports."""
    from tqdm import tqdm

    from umid_research.activity_report import has_activities
    from umid_research.publish import planned, publish_reports
    from umid_research.report import report_languages

    study, _ = read_description(options.processed)
    languages = tuple(options.languages or report_languages(study))
    told = has_activities(options.processed)
    total = sum(len(planned(study, language, activities=told)) for language in languages)
    runs = publish_reports(
        study,
        notebooks=options.notebooks,
        processed=options.processed,
        reports=options.reports,
        spoken=languages,
    )
    bar = tqdm(runs, total=total, desc="publish ", unit="report", disable=None)
    for title in bar:
        bar.set_postfix_str(title)
    yield f"publish  {total} reports in {options.reports}"


def report(options: Namespace) -> Iterator[str]:
    """Everything that make would do, without make."""
    changed = write_stamp(options.raw, options.processed)
    drop_broken_manifest(options.reports)
    if not changed and (options.reports / "manifest.json").is_file():
        yield f"{options.reports} is up to date"
        return
    (options.reports / "manifest.json").unlink(missing_ok=True)
    for stage in (*FRAME_STAGES, publish):
        yield from stage(options)


def notebooks(options: Namespace) -> Iterator[str]:
    """Runs the notebooks and stores their outputs in them, as reviewers read them."""
    from umid_research.publish import store_outputs

    for title in store_outputs(options.notebooks, options.processed):
        yield f"notebook {title}"

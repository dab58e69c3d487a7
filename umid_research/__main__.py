"""Run one stage of the pipeline from a study folder to its reports."""

import signal
import sys

# Ctrl-C while everything else is loaded would print where it struck.
if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, lambda *_: sys.exit("umid_research: stopped by SIGINT"))

import argparse
import os
from pathlib import Path

from umid_research.errors import UmidError
from umid_research.pipeline import (
    FRAME_STAGES,
    STAGES,
    archive,
    begin,
    change,
    check_catalogue,
    fetch,
    frames,
    monitor,
    notebooks,
    publish,
    questionnaire,
    report,
    review_language,
    simulate,
    templates,
    verify,
)
from umid_research.runs.processes import ended_in_order, only_run, temporary_folder
from umid_research.runs.refusals import refusal
from umid_research.runs.stamp import BUNDLED, frames_folder, is_bundled, study_id


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0, or 1 after printing one line about the error."""
    options = _parser().parse_args(arguments)
    try:
        if options.command not in (begin, fetch, verify):
            _resolve_folders(options)
        with only_run(*_written_by(options)):
            for line in options.command(options):
                print(line, flush=True)
    except UmidError as error:
        print(f"umid_research: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if (line := refusal(error)) is None:
            raise
        print(f"umid_research: {line}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m umid_research", description=__doc__)
    stages = parser.add_subparsers(required=True, metavar="stage")
    for stage in STAGES:
        command = stages.add_parser(stage.__name__.replace("_", "-"), help=stage.__doc__)
        command.set_defaults(command=stage)
        folder = None if stage is verify else BUNDLED
        command.add_argument("--raw", type=Path, default=folder, help="the study folder")
        command.add_argument("--processed", type=Path, help="where the frames go")
        command.add_argument("--reports", type=Path, help="where the reports go")
        command.add_argument("--notebooks", type=Path, default=_notebooks())
        command.add_argument(
            "--languages",
            nargs="+",
            help="the languages of the reports; by default, all of the study",
        )
        if stage in (simulate, questionnaire, templates):
            command.add_argument("--to", type=Path, help="the folder to write")
        if stage in (check_catalogue, review_language):
            command.add_argument("language", help="its code, such as ru")
        if stage is review_language:
            text = "the workbook that came back, whose corrections are taken"
            command.add_argument("--corrections", type=Path, help=text)
        if stage is begin:
            command.add_argument("--form", type=Path, required=True, help="the XLSForm")
            for role in ("district", "group"):
                text = f"the question for the {role}"
                command.add_argument(f"--{role}", required=True, metavar="QUESTION", help=text)
            text = "the language of labels that do not say theirs, such as az"
            command.add_argument("--language", default="", metavar="CODE", help=text)
        if stage is fetch:
            text = "the address of the form, as the browser shows it; by default, that of last time"
            command.add_argument("--server", default="", metavar="ADDRESS", help=text)
        if stage is verify:
            text = "the folder of the reports, which holds manifest.json"
            command.add_argument("folder", type=Path, nargs="?", default=Path("reports"), help=text)
        if stage is change:
            text = "the folder of the earlier round"
            command.add_argument("--earlier", type=Path, required=True, help=text)
        if stage in (archive, publish, report):
            text = "the address of a Dask cluster's scheduler, as tcp://192.0.2.1:8786"
            command.add_argument("--scheduler", default="", metavar="ADDRESS", help=text)
        if stage is report:
            text = "copy the reports there too: a folder, s3://bucket/folder or another fsspec URL"
            command.add_argument("--results", default="", metavar="URL", help=text)
            text = "copy them even if the study is confidential"
            command.add_argument("--confidential", action="store_true", help=text)
        if stage is monitor:
            text = "the day of the page, as 2022-03-14; by default, today"
            command.add_argument("--day", default="", help=text)
    return parser


def _notebooks() -> Path:
    """Return the folder of the project's notebooks, or of those in the installed package."""
    own = Path("notebooks")
    return own if (own / "07-study.ipynb").is_file() else Path(__file__).parent / "notebooks"


def _resolve_folders(options: argparse.Namespace) -> None:
    """Set the default folders: top level for the bundled study, build/<id> for any other."""
    home = Path() if is_bundled(options.raw) else Path("build") / study_id(options.raw)
    options.processed = options.processed or frames_folder(options.raw)
    options.reports = options.reports or home / "reports"


def _written_by(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return the folders that the command locks while it writes to them."""
    if options.command in (archive, publish, report):
        return options.processed, options.reports
    if options.command is change:
        return (options.processed, frames_folder(options.earlier))
    if options.command in (frames, monitor, *FRAME_STAGES):
        return (options.processed,)
    if options.command is fetch:
        return (options.raw,)
    return (options.notebooks,) if options.command is notebooks else ()


def run() -> None:
    """Run the command of the command line in a process of its own, and leave nothing behind."""
    # Steps and reports run side by side: threads of linear algebra would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ended_in_order(), temporary_folder():
        sys.exit(main())


if __name__ == "__main__":
    run()

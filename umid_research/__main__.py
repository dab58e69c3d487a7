"""The stages of the way from a study folder to its reports, one thin command each."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from umid_research.errors import ExportError, UmidError
from umid_research.stamp import drop_broken_manifest, study_id, write_stamp

if TYPE_CHECKING:
    from umid_research.questionnaire import Questionnaire
    from umid_research.study import Study

BUNDLED = Path("data/raw")


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 after one line that says what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        if options.command is not begin:
            _resolve_folders(options)
        options.command(options)
    except UmidError as error:
        print(f"umid_research: {error}", file=sys.stderr)
        return 1
    return 0


def clean(options: argparse.Namespace) -> None:
    """Exports -> responses, states, issues, set_aside, and the account of the intake."""
    from umid_research.clean import clean_responses, read_corrections
    from umid_research.frames import write_frames
    from umid_research.outlines import NAME as OUTLINES
    from umid_research.outlines import read_outlines
    from umid_research.privacy import respondent_key
    from umid_research.questionnaire import questionnaire_path, read_questionnaire
    from umid_research.raw import read_intake
    from umid_research.report import DESCRIPTION
    from umid_research.study import read_study, without_names

    study = read_study(options.raw)
    questionnaire = read_questionnaire(options.raw, study)
    intake = read_intake(options.raw, questionnaire, study)
    cleaned = clean_responses(
        intake.raw,
        questionnaire,
        study,
        key=respondent_key(study),
        corrections=read_corrections(options.raw),
        lacking=intake.lacking,
    )
    if cleaned.responses.empty:
        rules = cleaned.set_aside["rule"].value_counts()
        raise ExportError(
            "no submission is left to be analysed; all were set aside",
            where=str(options.raw),
            found=", ".join(f"{rule} {count}" for rule, count in rules.items()),
        )
    description = options.processed / DESCRIPTION
    shutil.rmtree(description, ignore_errors=True)
    description.mkdir(parents=True)
    told = (options.raw / "study.toml").read_bytes().decode("utf-8-sig")
    (description / "study.toml").write_bytes(without_names(told).encode())
    form = questionnaire_path(options.raw)
    shutil.copyfile(form, description / form.name)
    if read_outlines(options.raw, study) is not None:
        shutil.copyfile(options.raw / OUTLINES, description / OUTLINES)
    frames = {name: getattr(cleaned, name) for name in _CLEANED}
    write_frames(options.processed, {**frames, "intake": intake.account}, study)
    _say(
        f"clean    {len(intake.raw)} submissions read, {len(cleaned.responses)} kept, "
        f"{len(cleaned.set_aside)} set aside, {len(cleaned.issues)} issues"
    )


def score(options: argparse.Namespace) -> None:
    """responses, states -> scores, units."""
    from umid_research.clean import read_cleaned
    from umid_research.frames import write_frames
    from umid_research.score import score_responses, score_units

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    units = score_units(scores)
    write_frames(options.processed, {"units": units, "scores": scores}, study)
    _say(f"score    {units['unit'].nunique()} units in {units['dimension'].nunique()} dimensions")


def compare(options: argparse.Namespace) -> None:
    """units -> comparisons."""
    from umid_research.compare import compare_units
    from umid_research.frames import write_frames
    from umid_research.score import read_units

    study, _ = _description(options)
    comparisons = compare_units(read_units(options.processed), study, seed=study.seed)
    write_frames(options.processed, {"comparisons": comparisons}, study)
    _say(f"compare  {len(comparisons)} contrasts")


def reliability(options: argparse.Namespace) -> None:
    """responses, states -> reliability of the dimensions."""
    from umid_research.clean import read_cleaned
    from umid_research.frames import write_frames
    from umid_research.reliability import reliability_of

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    found = reliability_of(cleaned.responses, cleaned.states, questionnaire, study)
    frames = {"reliability": found.dimensions, "reliability_items": found.items}
    write_frames(options.processed, frames, study)
    _say(f"reliable {len(found.dimensions)} dimensions")


def robustness(options: argparse.Namespace) -> None:
    """responses, states -> what stands when the choices behind the scores change."""
    from umid_research.clean import read_cleaned
    from umid_research.frames import write_frames
    from umid_research.robustness import robustness_of

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    found = robustness_of(cleaned, questionnaire, study, seed=study.seed)
    frames = {"robustness": found.conclusions, "bands": found.bands}
    write_frames(options.processed, frames, study)
    _say(f"robust   {found.conclusions['run'].nunique()} kinds of runs")


def implementation(options: argparse.Namespace) -> None:
    """The registers of measures, evidence and meetings -> status, themes."""
    from umid_research.clean import read_cleaned
    from umid_research.frames import write_frames
    from umid_research.implementation import implement
    from umid_research.meetings import count_themes

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    found = implement(options.raw, cleaned, questionnaire, study, seed=study.seed)
    spoken = count_themes(options.raw, study, seed=study.seed)
    write_frames(options.processed, {**found.frames(), **spoken.frames()}, study)
    _say(f"evidence {len(found.status)} statuses, {len(found.register_issues)} issues")


def activities(options: argparse.Namespace) -> None:
    """The registers of the activities -> indicators, and what they rest on."""
    from umid_research.activities import count, keep_definitions, read_registers
    from umid_research.clean import read_cleaned
    from umid_research.frames import write_frames
    from umid_research.meetings import read_meetings
    from umid_research.report import DESCRIPTION

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    registers = read_registers(options.raw, study)
    meetings = read_meetings(options.raw, study)
    held = None if meetings is None else meetings.rows
    frames = count(registers, cleaned, held, study, seed=study.seed).frames()
    if not keep_definitions(options.raw, options.processed / DESCRIPTION):
        for name in list(frames)[1:]:
            (options.processed / f"{name}.csv").unlink(missing_ok=True)
            del frames[name]
    write_frames(options.processed, frames, study)
    _say(f"count    {frames['indicators']['indicator'].nunique()} indicators")


def disclose(options: argparse.Namespace) -> None:
    """All frames -> published."""
    import pandas as pd

    from umid_research.clean import read_cleaned
    from umid_research.compare import read_comparisons
    from umid_research.disclosure import publish_frames, publish_implementation
    from umid_research.frames import read_frame, write_frames
    from umid_research.implementation import read_implementation
    from umid_research.meetings import read_themes
    from umid_research.protection import protect
    from umid_research.reliability import read_reliability
    from umid_research.robustness import read_robustness
    from umid_research.score import read_units

    study, questionnaire = _description(options)
    cleaned = read_cleaned(options.processed, questionnaire)
    published = publish_frames(
        cleaned,
        read_units(options.processed),
        read_comparisons(options.processed),
        questionnaire,
        study,
        account=read_frame(options.processed, "intake", numbers=("number",)),
        reliability=read_reliability(options.processed),
        robustness=read_robustness(options.processed),
    )
    spoken = read_themes(options.processed)
    of_plan = publish_implementation(
        read_implementation(options.processed), spoken, published, questionnaire, study
    )
    published = pd.concat([published, of_plan], ignore_index=True)
    published = protect(published, cleaned, questionnaire, study, theme_cells=spoken.theme_cells)
    write_frames(options.processed, {"published": published}, study)
    withheld = int((~published["shown"]).sum())
    _say(f"disclose {len(published)} numbers, {withheld} of them withheld")


def publish(options: argparse.Namespace) -> None:
    """published -> executed notebooks -> reports."""
    from tqdm import tqdm

    from umid_research.activity_report import has_activities
    from umid_research.publish import planned, publish_reports
    from umid_research.report import report_languages

    study, _ = _description(options)
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
    _say(f"publish  {total} reports in {options.reports}")


def report(options: argparse.Namespace) -> None:
    """Everything that make would do, without make."""
    changed = write_stamp(options.raw, options.processed)
    drop_broken_manifest(options.reports)
    if not changed and (options.reports / "manifest.json").is_file():
        _say(f"{options.reports} is up to date")
        return
    (options.reports / "manifest.json").unlink(missing_ok=True)
    for stage in (*FRAME_STAGES, publish):
        stage(options)


def begin(options: argparse.Namespace) -> None:
    """A new study folder around a form, with blanks for what the form cannot know."""
    from umid_research.begin import begin_study

    for path in begin_study(
        options.raw, options.form, district=options.district, group=options.group
    ):
        _say(f"begin    {path}")


def questionnaire(options: argparse.Namespace) -> None:
    """The forms: for KoboToolbox and ODK, for paper, for Google Forms, and the codebook."""
    from umid_research.forms import write_forms

    target = options.to or Path("build") / study_id(options.raw) / "forms"
    for name in write_forms(options.raw, target):
        _say(f"form     {target / name}")


def templates(options: argparse.Namespace) -> None:
    """A workbook for each register of the activities, to be filled in by the field staff."""
    from umid_research.forms.templates import write_templates

    target = options.to or Path("build") / study_id(options.raw) / "templates"
    for name in write_templates(options.raw, target):
        _say(f"template {target / name}")


def simulate(options: argparse.Namespace) -> None:
    """The bundled study, written anew."""
    from umid_research.simulate import simulate as write_study

    write_study(options.raw, options.to or options.raw)
    _say(f"simulate {options.to or options.raw}")


def notebooks(options: argparse.Namespace) -> None:
    """Runs the notebooks and stores their outputs in them, as reviewers read them."""
    from umid_research.publish import store_outputs

    for title in store_outputs(options.notebooks, options.processed):
        _say(f"notebook {title}")


_CLEANED = ("responses", "states", "issues", "set_aside")
FRAME_STAGES = (
    clean,
    score,
    reliability,
    compare,
    robustness,
    implementation,
    activities,
    disclose,
)
_STAGES: tuple[Callable[[argparse.Namespace], None], ...] = (
    *FRAME_STAGES,
    publish,
    report,
    begin,
    questionnaire,
    templates,
    simulate,
    notebooks,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m umid_research", description=__doc__)
    stages = parser.add_subparsers(required=True, metavar="stage")
    for stage in _STAGES:
        command = stages.add_parser(stage.__name__, help=stage.__doc__)
        command.set_defaults(command=stage)
        command.add_argument("--raw", type=Path, default=BUNDLED, help="the study folder")
        command.add_argument("--processed", type=Path, help="where the frames go")
        command.add_argument("--reports", type=Path, help="where the reports go")
        command.add_argument("--notebooks", type=Path, default=Path("notebooks"))
        command.add_argument("--languages", nargs="+", help="all that the study has, by default")
        if stage in (simulate, questionnaire, templates):
            command.add_argument("--to", type=Path, help="the folder to write")
        if stage is begin:
            command.add_argument("--form", type=Path, required=True, help="the XLSForm")
            for role in ("district", "group"):
                told = f"the question that tells the {role}"
                command.add_argument(f"--{role}", required=True, metavar="QUESTION", help=told)
    return parser


def _resolve_folders(options: argparse.Namespace) -> None:
    """The bundled study has its folders at the top level, another one below build/."""
    bundled = options.raw.resolve() == BUNDLED.resolve()
    home = Path() if bundled else Path("build") / study_id(options.raw)
    options.processed = options.processed or home / ("data/processed" if bundled else "processed")
    options.reports = options.reports or home / "reports"


def _description(options: argparse.Namespace) -> "tuple[Study, Questionnaire]":
    from umid_research.questionnaire import read_questionnaire
    from umid_research.report import DESCRIPTION
    from umid_research.study import read_study

    study = read_study(options.processed / DESCRIPTION)
    return study, read_questionnaire(options.processed / DESCRIPTION, study)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

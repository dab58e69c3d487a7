"""Stages for survey answers: responses, scores, reliability, comparisons and robustness."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from umid_research.errors import ExportError
from umid_research.output import WARM
from umid_research.pipeline.description import keep_description, read_answers, read_description
from umid_research.pipeline.divided import is_divided
from umid_research.runs.jobs import results_of

if TYPE_CHECKING:
    import pandas as pd

    from umid_research.analysis.robustness import Part
    from umid_research.clean import Cleaned

# The most parts of the runs of robustness; each reads the answers, in a second, and has a copy.
_PARTS = 4


def clean(options: Namespace) -> Iterator[str]:
    """Read and clean the exports -> responses, states, issues, set_aside, intake."""
    from umid_research.clean import (
        CAUSES,
        clean_responses,
        group_causes,
        lost_answers,
        names_set_aside,
        read_corrections,
        unread_conditions,
    )
    from umid_research.clean.interviews import INTERVIEWS, interview_days
    from umid_research.clean.privacy import respondent_key
    from umid_research.frames import write_frames
    from umid_research.indicators import read_checked_definitions
    from umid_research.raw import INTAKE, read_intake
    from umid_research.study import read_study
    from umid_research.study.questionnaire import read_questionnaire

    study = read_study(options.raw)
    read_checked_definitions(options.raw, study)  # before minutes of work, not after them
    questionnaire = read_questionnaire(options.raw, study)
    corrections = read_corrections(options.raw)
    intake = read_intake(options.raw, questionnaire, study, aside=names_set_aside(corrections))
    cleaned = clean_responses(
        intake.raw,
        questionnaire,
        study,
        key=respondent_key(study),
        corrections=corrections,
        lacking=intake.lacking,
        members=intake.members,
    )
    _refuse_nobody(cleaned, options.raw)
    keep_description(options.raw, options.processed, study)
    frames = cleaned.frames(questionnaire, study) | {INTAKE: intake.account}
    frames[CAUSES] = group_causes(cleaned.issues)
    frames[INTERVIEWS] = interview_days(intake.raw, cleaned.set_aside)
    for pattern in ("members_*.csv", "member_*.csv"):
        for path in Path(options.processed).glob(pattern):
            path.unlink()  # the study may have lost the repeated group
    write_frames(options.processed, frames, study)
    for name, file in questionnaire.without_list.items():
        answered = int((intake.raw[name] != "").sum())
        yield (
            f"clean    {name}: its choices are in {file}, which is not with the questionnaire; "
            f"{answered} answers are kept as text"
        )
    if listed := _counted(intake.account, "not_read", "answers"):
        yield f"unread   {listed}: of a type that is not analysed"
    if listed := _counted(intake.account, "repeat_set_aside", "rows"):
        yield f"unread   {listed}: sheets of repeated groups"
    for name, reason in questionnaire.unread_repeats.items():
        yield f"unread   the repeated group {name}: {reason}"
    for line in unread_conditions(cleaned):
        yield f"unknown  {line}"
    for line in lost_answers(cleaned, questionnaire, study):
        yield f"lost     {line}"
    for repeat in questionnaire.repeats:
        if (group := cleaned.members.get(repeat.name)) is None:
            yield f"members  {repeat.name}: no sheet or file with this repeated group"
            continue
        for line in unread_conditions(group):
            yield f"unknown  {repeat.name}/{line}"
        for line in lost_answers(group, repeat.members, study):
            yield f"lost     {repeat.name}/{line}"
        kept, aside = len(group.responses), len(group.set_aside)
        yield (
            f"members  {repeat.name}: {kept + aside} rows read, {kept} kept, {aside} set aside"
            f"{f' ({_rules(group)})' if aside else ''}, {len(group.issues)} issues"
        )
        lacking = next(one.lacking for one in intake.members if one.repeat.name == repeat.name)
        if lacking:
            listed = ", ".join(f"{name} ({rows.sum()} rows)" for name, rows in lacking.items())
            yield f"members  {repeat.name}: not asked in that form version: {listed}"
    yield (
        f"clean    {len(intake.raw)} submissions read, {len(cleaned.responses)} kept, "
        f"{len(cleaned.set_aside)} set aside, {len(cleaned.issues)} issues"
    )
    if len(cleaned.set_aside):
        yield f"aside    {_rules(cleaned)}: {options.processed / 'set_aside.csv'}"
    if len(cleaned.issues):
        yield f"issues   {options.processed / 'issues.csv'}, and equal ones counted in causes.csv"


def _counted(account: "pd.DataFrame", what: str, unit: str) -> str:
    """List the columns or sheets of one kind in the account of the intake, each with its number."""
    numbers = account[account["what"] == what].groupby("column", sort=False)["number"].sum()
    return ", ".join(f"{name} ({number} {unit})" for name, number in numbers.items())


def _rules(cleaned: "Cleaned") -> str:
    """List the rules by which rows were set aside, each with the number of rows."""
    rules = cleaned.set_aside["rule"].value_counts()
    return ", ".join(f"{rule} {number}" for rule, number in rules.items())


def _refuse_nobody(cleaned: "Cleaned", raw: Path) -> None:
    if cleaned.responses.empty:
        raise ExportError(
            "no submission is left to be analysed; all were set aside",
            where=str(raw),
            found=_rules(cleaned),
        )


def score(options: Namespace) -> Iterator[str]:
    """Score the answers: responses, states -> scores, units."""
    from umid_research.analysis.score import SCORES, UNITS, score_responses, score_units
    from umid_research.frames import write_frames

    study, questionnaire, cleaned = read_answers(options.processed)
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    units = score_units(scores)
    write_frames(options.processed, {UNITS: units, SCORES: scores}, study)
    yield f"score    {units['unit'].nunique()} units in {units['dimension'].nunique()} dimensions"


def reliability(options: Namespace) -> Iterator[str]:
    """Estimate the reliability of the dimensions: responses, states -> reliability."""
    from umid_research.analysis.reliability import reliability_of
    from umid_research.frames import write_frames

    study, questionnaire, cleaned = read_answers(options.processed)
    found = reliability_of(cleaned.responses, cleaned.states, questionnaire)
    write_frames(options.processed, found.frames(), study)
    yield f"reliable {len(found.dimensions)} dimensions"


def compare(options: Namespace) -> Iterator[str]:
    """Compare groups and districts: units -> comparisons."""
    from umid_research.analysis.compare import COMPARISONS, compare_units
    from umid_research.analysis.score import read_units
    from umid_research.frames import write_frames

    study, _ = read_description(options.processed)
    comparisons = compare_units(read_units(options.processed), study, seed=study.seed)
    write_frames(options.processed, {COMPARISONS: comparisons}, study)
    yield f"compare  {len(comparisons)} contrasts"


def robustness(options: Namespace) -> Iterator[str]:
    """Check how conclusions change with the analysis choices: responses, states -> robustness."""
    from umid_research.analysis.robustness import robustness_of
    from umid_research.frames import write_frames

    study, questionnaire, cleaned = read_answers(options.processed)
    elsewhere: Callable[[dict[str, Any]], list[Part]] | None = None
    if scheduler := getattr(options, "scheduler", ""):
        elsewhere = partial(_parts_on, scheduler, options.processed.resolve())
    elif is_divided(options, cleaned):
        elsewhere = partial(_parts_here, options.processed)
    found = robustness_of(cleaned, questionnaire, study, seed=study.seed, elsewhere=elsewhere)
    write_frames(options.processed, found.frames(), study)
    yield f"robust   {found.conclusions['run'].nunique()} kinds of runs"


def _parts_on(scheduler: str, processed: Path, asked: dict[str, Any]) -> "list[Part]":
    from umid_research.runs.cluster import results_on

    return results_on(scheduler, partial(_part, processed, asked, _PARTS), range(_PARTS), warm=WARM)


def _parts_here(processed: Path, asked: dict[str, Any]) -> "list[Part]":
    parts = min(os.cpu_count() or 1, _PARTS)
    return results_of(partial(_part, processed, asked, parts), range(parts), [1] * parts)


def _part(processed: Path, asked: dict[str, Any], parts: int, number: int) -> "Part":
    """Return what one of the parts of all runs gives; a process of its own does it."""
    from umid_research.analysis.robustness import Reanalyses

    study, questionnaire, cleaned = read_answers(processed)
    return Reanalyses(cleaned, questionnaire, study, **asked).part(number, parts)

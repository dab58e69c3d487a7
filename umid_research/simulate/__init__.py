"""Simulate a study folder with known true values from simulation.toml.

`design` reads the assumptions, `truth` computes the expected scores, `answers` draws the answers,
and `export` adds the columns of the server and the errors that real exports have. `evidence` and
`meetings` draw the registers of the implementation and of the meetings. Everything else in a study
folder is written by people, also the registers of the activities, and is copied as it is.
"""

import csv
import shutil
from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation.measures import read_measures
from umid_research.errors import StudyError
from umid_research.simulate.design import FILE, Design, read_design
from umid_research.simulate.evidence import simulated_codes, simulated_evidence
from umid_research.simulate.export import simulated_exports
from umid_research.simulate.meetings import simulated_meetings
from umid_research.simulate.truth import expected_scores
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

RESPONSES = "responses"
KOBO, GOOGLE = f"{RESPONSES}/kobo_export.csv", f"{RESPONSES}/google_forms.csv"
TRUTH, TRUE_STATUS = "truth.csv", "truth_status.csv"
EVIDENCE, CODES, MEETINGS = "evidence.csv", "analyst_codes.csv", "meetings.csv"
# All generated files but the KoboToolbox export, which has a format of its own.
_TABLES = (GOOGLE, TRUTH, EVIDENCE, TRUE_STATUS, CODES, MEETINGS)


def simulate(source: Path, target: Path) -> None:
    """Write the study in `source`, its simulated exports and its true values to `target`.

    The same source gives the same bytes. All files in `source` except the generated ones are
    copied unchanged, unless `target` is `source`. A table that the design does not plan is removed.

    Raises
    ------
    StudyError
        The study's provenance is not "simulated" (its real answers would be overwritten), or the
        design does not fit the study. Nothing is written.
    """
    source, target = Path(source), Path(target)
    study = read_study(source)
    questionnaire = read_questionnaire(source, study)
    design = read_design(source, questionnaire, study)
    kobo, google = simulated_exports(design, questionnaire, study)
    tables = {TRUTH: expected_scores(design, questionnaire, study)}
    tables |= {} if google is None else {GOOGLE: google}
    tables |= _registers(source, design, questionnaire, study)
    if target.resolve() != source.resolve():
        generated = shutil.ignore_patterns(RESPONSES, *_TABLES)
        shutil.copytree(source, target, ignore=generated, dirs_exist_ok=True)
    (target / RESPONSES).mkdir(exist_ok=True)
    kobo.to_csv(
        target / KOBO,
        sep=";",
        index=False,
        quoting=csv.QUOTE_ALL,
        encoding="utf-8-sig",
        lineterminator="\n",
    )
    for name in _TABLES:
        if name in tables:
            numbers = "%.4f" if name == TRUTH else "%.1f"
            tables[name].to_csv(
                target / name, index=False, float_format=numbers, lineterminator="\n"
            )
        else:
            (target / name).unlink(missing_ok=True)


def _registers(
    source: Path, design: Design, questionnaire: Questionnaire, study: Study
) -> dict[str, pd.DataFrame]:
    """Return the registers that the design plans, and the true status, by file name."""
    tables = {}
    if design.evidence is not None:
        measures = read_measures(source, study)
        if measures is None:
            raise StudyError(
                "evidence is planned, but there are no measures", where=f"{source / FILE}"
            )
        evidence, truth = simulated_evidence(design.evidence, measures, study)
        tables = {EVIDENCE: evidence, TRUE_STATUS: truth}
        if design.analyst is not None:
            tables[CODES] = simulated_codes(design.analyst, evidence, truth, study)
    if design.meetings is not None:
        tables[MEETINGS] = simulated_meetings(design.meetings, design, questionnaire, study)
    return tables

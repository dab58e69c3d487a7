"""Simulate a study folder with known true values from simulation.toml.

`design` reads the assumptions, `truth` computes the expected scores, `answers` draws the answers,
and `export` adds the columns of the server and the errors that real exports have.
"""

import csv
import shutil
from pathlib import Path

from umid_research.simulate.activities import write_activities
from umid_research.simulate.design import read_design
from umid_research.simulate.export import simulated_exports
from umid_research.simulate.registers import GENERATED, write_registers
from umid_research.simulate.truth import expected_scores
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

RESPONSES, TRUTH = "responses", "truth.csv"
KOBO, GOOGLE = "kobo_export.csv", "google_forms.csv"


def simulate(source: Path, target: Path) -> None:
    """Write the study in `source`, its simulated exports and its true values to `target`.

    The same source gives the same bytes. All files in `source` except the generated ones are
    copied unchanged, unless `target` is `source`.

    Raises
    ------
    StudyError
        The study's provenance is not "simulated"; its real answers would be overwritten.
    """
    source, target = Path(source), Path(target)
    study = read_study(source)
    questionnaire = read_questionnaire(source, study)
    design = read_design(source, questionnaire, study)
    kobo, google = simulated_exports(design, questionnaire, study)
    truth = expected_scores(design, questionnaire, study)
    if target.resolve() != source.resolve():
        generated = shutil.ignore_patterns(RESPONSES, TRUTH, *GENERATED)
        shutil.copytree(source, target, ignore=generated, dirs_exist_ok=True)
    (target / RESPONSES).mkdir(exist_ok=True)
    kobo.to_csv(
        target / RESPONSES / KOBO,
        sep=";",
        index=False,
        quoting=csv.QUOTE_ALL,
        encoding="utf-8-sig",
        lineterminator="\n",
    )
    if google is None:
        (target / RESPONSES / GOOGLE).unlink(missing_ok=True)
    else:
        google.to_csv(target / RESPONSES / GOOGLE, index=False, lineterminator="\n")
    truth.to_csv(target / TRUTH, index=False, float_format="%.4f", lineterminator="\n")
    write_registers(source, target, design, questionnaire, study)
    write_activities(source, target, design, questionnaire, study)

"""Simulate the registers of the activities from activities/simulation.toml.

The registers are first drawn without errors, and the true indicators are counted from them. Then
flaws are planted that change no number: a wrong copy of a row that must be set aside, or a cell in
another format. `truth_activity_issues` has one row per flaw that must be reported:

    file       row  column    rule              action
    posts.csv    8  locality  unknown_locality  set aside
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.indicators.columns import SCREENSHOTS
from umid_research.indicators.definitions import Definitions, read_definitions
from umid_research.indicators.registers import FOLDER
from umid_research.simulate.activity_files import write_register, write_screenshots
from umid_research.simulate.activity_plan import ActivityPlan, read_plan
from umid_research.simulate.activity_registers import (
    simulated_cards,
    simulated_consultations,
    simulated_pages,
    simulated_payments,
    simulated_posts,
)
from umid_research.simulate.activity_truth import true_indicators
from umid_research.simulate.answers import simulated_answers
from umid_research.simulate.attendance import (
    simulated_attendance,
    simulated_person_decisions,
    simulated_tests,
)
from umid_research.simulate.design import Design
from umid_research.simulate.planting import plant
from umid_research.simulate.proposals import simulated_proposal_decisions, simulated_proposals
from umid_research.simulate.roster import roster
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

TRUTH, TRUE_ISSUES = "truth_indicators.csv", "truth_activity_issues.csv"
_ISSUES = ["file", "row", "column", "rule", "action"]
_PEOPLE = ["attendance_id", "event_id", "name", "sex", "birth_year", "locality"]
_DECISIONS = ["kind", "first", "second", "decision", "reason", "by"]


@dataclass(frozen=True)
class _TrueRegisters:
    """The true registers without flaws, in the order of the schema.

    `people` and `proposals` also have the true person and the true proposal of each row.
    """

    registers: dict[str, pd.DataFrame]
    people: pd.DataFrame
    proposals: pd.DataFrame


def write_activities(
    source: Path, target: Path, design: Design, questionnaire: Questionnaire, study: Study
) -> None:
    """Write the simulated registers and their true values to the study folder `target`.

    Without a plan in `source`, the files of true values are removed.
    """
    plan = read_plan(source / FOLDER)
    if plan is None:
        for name in (TRUTH, TRUE_ISSUES):
            (target / name).unlink(missing_ok=True)
        return
    definitions = read_definitions(source / FOLDER)
    correct = _true_registers(plan, definitions, study)
    asked = _asked(design, questionnaire, study)
    truth = true_indicators(
        correct.registers, correct.people, correct.proposals, definitions, asked, design, study
    )
    issues = []
    for name, rows in correct.registers.items():
        planted = plant(name, rows, plan.flaws)
        file = write_register(target / FOLDER, name, planted)
        issues.append(planted.issues.assign(file=file))
        if name == "tests":
            issues.append(
                _missing_first_tests(planted.rows, correct.people).assign(file=file, action="kept")
            )
    write_screenshots(target / FOLDER / SCREENSHOTS, correct.registers)
    named = pd.concat(issues, ignore_index=True)[_ISSUES]
    for name, frame in ((TRUTH, truth), (TRUE_ISSUES, named)):
        frame.to_csv(target / name, index=False, lineterminator="\n")


def _true_registers(plan: ActivityPlan, definitions: Definitions, study: Study) -> _TrueRegisters:
    by_hand = {name: pd.DataFrame(rows).fillna("") for name, rows in plan.rows.items()}
    pages = simulated_pages(plan.information, study)
    consultations = simulated_consultations(plan.consultations, study)
    people = simulated_attendance(plan.attendance, consultations, by_hand["workshops"], study)
    proposals = simulated_proposals(plan.proposals, by_hand["workshops"], study)
    decisions = [
        simulated_person_decisions(plan.attendance, people),
        simulated_proposal_decisions(plan.proposals, proposals),
    ]
    registers = {
        "pages": pages,
        "posts": simulated_posts(plan.information, pages, study),
        "consultations": consultations,
        "workshops": by_hand["workshops"],
        "attendance": people[_PEOPLE],
        "tests": simulated_tests(plan.tests, people, definitions, study),
        "cards": simulated_cards(plan.cards, study),
        "payments": simulated_payments(plan.payments, study),
        "terminals": by_hand["terminals"],
        "proposals": proposals.drop(columns="proposal"),
        "press": by_hand["press"],
        "platforms": by_hand["platforms"],
        "deliverables": by_hand["deliverables"],
        "decisions": pd.concat(decisions, ignore_index=True)[_DECISIONS],
        "explanations": by_hand["explanations"].assign(district=""),
    }
    return _TrueRegisters(registers, people, proposals)


def _asked(design: Design, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the respondents of the survey, with their sex coded as in the registers."""
    people = roster(design, study)
    if study.roles.sex is None:
        return people.assign(sex="")
    return people.assign(
        sex=simulated_answers(design, questionnaire, study)[study.roles.sex].str[0]
    )


def _missing_first_tests(tests: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the issues of people who missed the first test, at the first row of each."""
    taken = tests[tests["attendance_id"].isin(people["attendance_id"])]
    late = ~taken["attendance_id"].isin(taken.loc[taken["phase"] == "before", "attendance_id"])
    rows = taken[late].drop_duplicates("attendance_id").index + 2
    return pd.DataFrame({"row": rows, "column": "phase", "rule": "after_without_before"})

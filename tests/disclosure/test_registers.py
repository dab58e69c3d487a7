"""Rule 8 of the analysis plan, section 3: no withheld number of a register follows from others."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacked import Case
from scipy.optimize import Bounds, LinearConstraint, milp
from small_indicators import ATTENDANCE, TESTS, definitions, read_small

from umid_research.disclosure import registers as module
from umid_research.disclosure.registers import protect_registers
from umid_research.indicators import Activities, count, read_registers
from umid_research.study import Study, Thresholds

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"
CONSULTATIONS = """
event_id,activity,locality,date,mode,topic
C1,2.1,n1,2022-04-10,online,Rights
C2,2.1,s1,2022-04-12,hybrid,
C3,2.1,n2,2022-04-12,hybrid,
"""
NUMBER = {"activities_published": "actual", "knowledge": "n", "breakdowns": "number"}
FEW = [1, 2, 3, 4]


@pytest.fixture
def made(tmp_path):
    """Activities of consultations with so many people, each of whom took tests as said.

    `people` has one entry per kind of person: event, sex, tests (none, before, after, both, more)
    and how many they are.
    """

    def make(people: list[tuple[str, str, str, int]], **thresholds) -> tuple[Activities, Study]:
        attendance, tests, number = "", "", 0
        for event, sex, took, size in people:
            for _ in range(size):
                number += 1
                name = "".join(chr(97 + int(digit)) * 3 for digit in f"{number:03}")
                attendance += f"A{number},{event},{name},{sex},{1900 + number},n1\n"
                for phase, question in product(("before", "after"), ("q1", "q2")):
                    # Before, everybody knew one of two answers.
                    known = ("q1", "q2")[number % 2] == question
                    knows = known if phase == "before" else took == "more"
                    answer = {"q1": "ba", "q2": "dc"}[question][knows]
                    if took in (phase, "both", "more"):
                        tests += f"A{number},{phase},{question},{answer}\n"
        small = read_small(
            tmp_path,
            indicators=definitions("people_knowing_more"),
            payments=None,
            consultations=CONSULTATIONS,
            attendance=ATTENDANCE + attendance,
            tests=TESTS + tests,
            decisions=None,
            explanations=None,
        )
        study = small.study.model_copy(update={"thresholds": Thresholds(**thresholds)})
        return replace(small, study=study).counted(), study

    return make


# --- the attacker --------------------------------------------------------------------------------


def _shown(activities: Activities, frame: str, place: int) -> float:
    """A number as it is published; nan where it is withheld."""
    rows = activities.frames()[frame]
    rows = rows[rows["shown"]]
    if frame == "knowledge":
        return float(rows["n"].iloc[-1]) if len(rows) else np.nan
    number = rows[NUMBER.get(frame, "people")]
    return float(number[place]) if place in number.index else np.nan


def _possible(activities: Activities) -> dict[tuple[str, int], tuple[float, float]]:
    """The smallest and largest possible value of each withheld number."""
    found = {}
    for linked in activities.linked:
        keys = list(linked.cells)
        counted, open_knowledge = [], activities.knowledge["shown"].any()
        rows = linked.rows[open_knowledge | (linked.rows["frame"] != "knowledge")]
        for row in rows.to_dict("records"):
            own = [
                all(pd.isna(row[key]) or row[key] == cell[key] for key in keys)
                for cell in linked.cells.to_dict("records")
            ]
            counted.append((_shown(activities, row["frame"], row["place"]), np.array(own, float)))
        known = [(number, own) for number, own in counted if not np.isnan(number)]
        matrix, totals = np.array([own for _, own in known]), [number for number, _ in known]
        for row, (number, own) in zip(rows.itertuples(), counted, strict=True):
            if np.isnan(number) and known:
                ends = [
                    sign
                    * milp(
                        sign * own,
                        constraints=LinearConstraint(matrix, totals, totals),
                        bounds=Bounds(0, 10 * linked.numbers.sum()),
                        integrality=1,
                    ).fun
                    for sign in (1, -1)
                ]
                found[row.frame, row.place] = (round(ends[0]), round(ends[1]))
    return found


def _revealed(activities: Activities) -> list[tuple[str, int]]:
    return [name for name, (least, most) in _possible(activities).items() if least == most]


def _hide(activities: Activities, frame: str, **keys: str) -> Activities:
    """The activities with the number of one row of a frame withheld."""
    rows = activities.frames()[frame].copy()
    own = np.logical_and.reduce([rows[key] == value for key, value in keys.items()])
    assert 1 == own.sum()
    column = NUMBER.get(frame, "people")
    rows[column] = rows[column].mask(own)
    rows.loc[own, "shown"] = False
    return replace(activities, **{frame: rows})


# --- the audit -----------------------------------------------------------------------------------

PEOPLE = [
    *(("C1", "f", "more", 9), ("C1", "m", "more", 8), ("C2", "f", "more", 7)),
    *(("C3", "m", "more", 6), ("C3", "m", "both", 6), ("C1", "f", "before", 5)),
    *(("C2", "m", "after", 5), ("C2", "f", "none", 8)),
]


def test_the_numbers_of_all_frames_are_sums_of_the_same_people(made) -> None:
    """54 attended, 30 know more; nothing is small, so nothing is withheld."""
    activities, study = made(PEOPLE)
    after = protect_registers(activities, study)

    assert [54, 41, 41, 36, 30] == activities.attrition["people"].tolist()
    assert {} == _possible(activities)
    for name, frame in activities.frames().items():
        pd.testing.assert_frame_equal(frame, after.frames()[name])
    for linked in activities.linked:
        for row in linked.rows.to_dict("records"):
            own = np.ones(len(linked.cells), dtype=bool)
            for key in linked.cells:
                own &= pd.isna(row[key]) or (linked.cells[key] == row[key]).to_numpy()
            number = _shown(activities, row["frame"], row["place"])
            assert linked.numbers[own].sum() == number or row["frame"] == "knowledge"


@pytest.mark.parametrize(
    ("frame", "keys"),
    [
        ("activities_published", {"indicator": "people_knowing_more", "district": "north"}),
        ("activities_published", {"indicator": "people_knowing_more", "sex": "f"}),
        ("attrition", {"step": "attended"}),
        ("attrition", {"step": "took_both"}),
        ("events", {"event": "C2"}),
    ],
)
def test_a_number_that_is_withheld_alone_is_found_and_protected(made, frame, keys) -> None:
    """It is a sum or a rest of others, or the same number in another frame."""
    activities, study = made(PEOPLE)
    planted = _hide(activities, frame, **keys)
    after = protect_registers(planted, study)

    assert 1 == len(_revealed(planted))
    assert [] == _revealed(after)
    assert 1 <= len(_possible(after)) <= 4
    shown = after.activities_published.set_index(["indicator", "district", "sex"])["shown"]
    assert shown["people_knowing_more", "", ""]


def test_without_the_audit_a_number_would_be_revealed(made, monkeypatch) -> None:
    """The step that withholds more is what protects it."""
    activities, study = made(PEOPLE)
    planted = _hide(activities, "events", event="C2")
    monkeypatch.setattr(module, "protect_counts", lambda *_, **__: None)

    (place,) = planted.events.index[planted.events["event"] == "C2"]

    assert [("events", place)] == _revealed(protect_registers(planted, study))


def test_a_number_that_was_promised_is_shown_in_each_frame(made) -> None:
    """Three know more: the donor has the number, so the steps show it. They hide who took tests."""
    activities, study = made([("C1", "f", "more", 3), ("C2", "m", "none", 20)])
    after = protect_registers(activities, study)
    steps = after.attrition.set_index("step")

    assert not activities.attrition.set_index("step")["shown"]["knows_more"]
    assert steps["shown"]["knows_more"]
    assert 3 == steps["people"]["knows_more"]
    assert [False] * 3 == steps["shown"][["took_before", "took_after", "took_both"]].tolist()
    assert [] == _revealed(after)


def test_with_a_limit_on_counts_no_number_is_promised(made) -> None:
    """Three know more: neither the project's number nor a step says so, nor does the source."""
    activities, study = made([("C1", "f", "more", 3), ("C2", "m", "none", 20)], count=5)
    after = protect_registers(activities, study)
    rows = after.activities_published
    rows = rows[rows["indicator"] == "people_knowing_more"]

    assert not rows.loc[(rows["district"] == "") & (rows["sex"] == ""), "shown"].any()
    assert {""} == set(rows["source"])
    assert not after.attrition.set_index("step")["shown"]["knows_more"]
    assert [] == _revealed(after)


def test_families_by_bill_and_by_district_are_audited_with_their_number(tmp_path) -> None:
    """Ten families pay one kind of bill each; a kind that is withheld alone follows from them."""
    kinds = ["utilities"] * 5 + ["internet"] * 6 + ["fine"] * 7
    lines = "".join(
        f"Y{n},F{n},{'n1' if n % 2 else 's1'},2022-05-02,A portal,{kind},yes,f,\n"
        for n, kind in enumerate(kinds)
    )
    head = "\npayment_id,family_id,locality,date,portal,bill,first_time,sex,screenshot\n"
    keys = definitions("families_paying_online")
    small = read_small(
        tmp_path,
        indicators=keys,
        payments=head + lines,
        **dict.fromkeys(["attendance", "tests", "decisions", "explanations"]),
    )
    activities = small.counted()
    planted = _hide(activities, "breakdowns", kind="families", key="fine")
    after = protect_registers(planted, small.study)

    assert {} == _possible(activities)
    assert 1 == len(_revealed(planted))
    assert [] == _revealed(after)
    assert after.breakdowns["shown"].sum() == planted.breakdowns["shown"].sum() - 1


def test_families_by_portal_are_audited_with_those_by_district(tmp_path) -> None:
    """Of 18 families 5 used the shop: withheld alone, it follows from the number and the others."""
    portals = ["gate"] * 6 + ["shop"] * 5 + ["elsewhere"] * 7
    lines = "".join(
        f"Y{n},F{n},{'n1' if n % 2 else 's1'},2022-05-02,{portal},fine,yes,f,\n"
        for n, portal in enumerate(portals)
    )
    head = "\npayment_id,family_id,locality,date,portal,bill,first_time,sex,screenshot\n"
    named = '\n[portals]\ngate = { en = "The Gate" }\nshop = { en = "A shop" }\n'
    small = read_small(
        tmp_path,
        indicators=definitions("families_paying_online") + named,
        payments=head + lines,
        **dict.fromkeys(["attendance", "tests", "decisions", "explanations"]),
    )
    planted = _hide(small.counted(), "breakdowns", kind="portals", key="shop")
    after = protect_registers(planted, small.study)

    assert 1 == len(_revealed(planted))
    assert [] == _revealed(after)


# --- with a limit on counts ----------------------------------------------------------------------


def test_two_steps_do_not_differ_by_few_people(made) -> None:
    """Of 30 who attended 27 took the test before, of 25 who took both 22 know more."""
    people = [("C1", "f", "more", 11), ("C2", "m", "more", 11), ("C1", "f", "both", 3)]
    people += [("C1", "m", "before", 2), ("C3", "m", "none", 3)]
    activities, study = made(people, count=5)
    after = protect_registers(activities, study)
    steps = after.attrition.set_index("step")["people"]
    free, _ = made(people)

    assert [30, 27, 25, 25, 22] == free.attrition["people"].tolist()
    assert 25 == steps["took_both"]
    assert steps[["attended", "took_before", "knows_more"]].isna().all()
    assert [] == _revealed(after)


def test_the_bundled_study_publishes_no_number_of_few_people() -> None:
    """Nor can one be worked out; meetings, cards and rows of registers are no people."""
    case = Case(BUNDLED)
    study = case.study.model_copy(update={"thresholds": Thresholds(count=5)})
    counted = count(read_registers(BUNDLED, study), case.cleaned, None, study, seed=1, draws=99)
    after = protect_registers(counted, study)
    people = after.activities_published
    people = people[people["indicator"].str.contains("people|families")]
    families = after.breakdowns[after.breakdowns["kind"] == "families"]
    knowledge = after.knowledge[after.knowledge["question"] != ""]
    right = knowledge[["before", "after"]].mul(knowledge["n"], axis=0) / 100

    for numbers in (
        *(people["actual"], after.attrition["people"], after.events["people"]),
        *(families["number"], right["before"].round(), right["after"].round()),
    ):
        assert not numbers.isin(FEW).any()
    assert not (after.memberships["member_type"] == "entrepreneur").any()
    assert [] == _revealed(after)

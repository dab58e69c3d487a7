"""Compare the tests before and after the consultations.

`learners` has one row per person with both tests; it is never written or published:

    person  locality  district  sex  before  after  knows_more
         4  Guba 1    quba      f         2      5        True

`knowledge` has one row per question, and one for all questions (blank), in percent:

    question  n   before  after  change   low  high      p  p_adjusted  municipalities  verdict
    q1        151   41.1   71.5    30.5  24.0  37.1  0.000       0.001              12  higher
              151   39.9   66.4    26.5  22.0  31.3  0.000       0.001              12  higher

For example, of 151 people with both tests, 41.1 % answered q1 correctly before and 71.5 % after.
The first test before and the last test after count; a blank answer counts as wrong. People at the
same consultation are not independent, so p and the interval come from sign flips of whole
municipalities; a person belongs to the municipality of their first test.

`attrition` counts the people at each step: attended, took the test before, after, both, and know
more. Rows below the study's threshold are withheld, in `attrition` and in `knowledge`. With
`thresholds.count`, no two steps differ by fewer people than that: one of the two is withheld.

A question that (nearly) everybody or nobody answered correctly is withheld, before and after: it
would reveal the answer of each person. A single withheld question could be computed from the row
for all questions, so the question with the next most extreme share is withheld as well.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.implementation.evidence import district_of
from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.clean.registers import ISSUE_COLUMNS, no_issues
from umid_research.indicators.definitions import Definitions, Knowledge
from umid_research.indicators.people import People
from umid_research.indicators.withholding import revealing_shares
from umid_research.study import Study

KNOWLEDGE_COLUMNS = (
    *("question", "n", "before", "after", "change", "low", "high", "p", "p_adjusted"),
    *("municipalities", "verdict", "reason", "method", "shown"),
)
LEARNER_COLUMNS = ("person", "locality", "district", "sex", "before", "after", "knows_more")
STEPS = ("attended", "took_before", "took_after", "took_both", "knows_more")
# Each step and the one whose people are among its people.
_NEXT_STEPS = (
    *(("attended", "took_before"), ("attended", "took_after")),
    *(("took_before", "took_both"), ("took_after", "took_both"), ("took_both", "knows_more")),
)
ACTIVITY = "2.1"
_Keep = Literal["first", "last"]
_NUMBERS = ("n", "before", "after", "change", "low", "high", "p", "p_adjusted")


@dataclass(frozen=True)
class Learning:
    """The frames drawn above, and the issues for tests that are not counted.

    `attended` has one row per person who attended: event (blank if several), district and sex of
    those who took both tests, and for each further step whether the person took it. It is never
    written or published.
    """

    learners: pd.DataFrame
    knowledge: pd.DataFrame
    attrition: pd.DataFrame
    issues: pd.DataFrame
    attended: pd.DataFrame


@dataclass(frozen=True)
class TakenTests:
    """Correct answers, person × question, `before` and `after`, for those who took that test.

    `places` has the locality and district of each person's first test.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    places: pd.DataFrame

    @property
    def both(self) -> pd.Index:
        """Return the people who took both tests."""
        return self.before.index.intersection(self.after.index).sort_values()


def measure_learning(
    tests: pd.DataFrame,
    people: People,
    consultations: pd.DataFrame,
    definitions: Definitions,
    study: Study,
    *,
    draws: int = 99_999,
    seed: int,
) -> Learning:
    """Return the knowledge frames for the consultations of activity 2.1.

    Parameters
    ----------
    tests : DataFrame
        The register of tests, one row per person, phase and question.
    people : People
        Attendance with unique people.
    consultations : DataFrame
        The register of consultations; only those of activity 2.1 count.
    draws, seed : int
        Number of random sign flips, used where not all are enumerated, and their seed.
    """
    held = consultations[consultations["activity"] == ACTIVITY]
    attended = people.attendance[people.attendance["event_id"].isin(held["event_id"])]
    taken = read_tests(tests, attended, held, definitions, study)
    learners = find_learners(taken, people, definitions)
    steps = [
        *(attended["person"].nunique(), len(taken.before), len(taken.after)),
        *(len(learners), int(learners["knows_more"].sum())),
    ]
    measured = measure_knowledge(taken, study, draws=draws, seed=seed)
    return Learning(
        learners,
        without_shares(measured, revealing_shares(measured, study.thresholds.count)),
        _attrition(steps, study),
        _tests_elsewhere(tests, attended),
        _steps_taken(attended, taken, learners),
    )


def no_learning() -> Learning:
    """Return the frames without rows."""
    return Learning(
        pd.DataFrame(columns=list(LEARNER_COLUMNS)),
        pd.DataFrame(columns=list(KNOWLEDGE_COLUMNS)),
        pd.DataFrame(columns=["step", "people", "shown"]),
        no_issues(),
        pd.DataFrame(columns=["event", "district", "sex", *STEPS[1:]]),
    )


def read_tests(
    tests: pd.DataFrame,
    attended: pd.DataFrame,
    held: pd.DataFrame,
    definitions: Definitions,
    study: Study,
) -> TakenTests:
    """Return the correct answers of each person, from their first test before and last test after.

    `attended` is the attendance of the consultations in `held`.
    """
    who = attended[["attendance_id", "event_id", "person"]]
    rows = tests.merge(who, on="attendance_id").merge(
        held[["event_id", "date", "locality"]], on="event_id"
    )
    rows = rows.sort_values(["date", "event_id", "row"], kind="stable")
    right = {key: question.right for key, question in definitions.questions.items()}
    rows = rows.assign(
        right=rows["answer"] == rows["question"].map(right),
        district=rows["locality"].map(district_of(study)),
    )
    return TakenTests(
        _correct(rows[rows["phase"] == "before"], list(right), keep="first"),
        _correct(rows[rows["phase"] == "after"], list(right), keep="last"),
        rows.drop_duplicates("person").set_index("person")[["locality", "district"]],
    )


def find_learners(tests: TakenTests, people: People, definitions: Definitions) -> pd.DataFrame:
    """Return the frame `learners`; see the module."""
    rule = definitions.knowledge or Knowledge(definition={})
    before, after = (part.loc[tests.both].sum(axis=1) for part in (tests.before, tests.after))
    enough = after >= rule.least * len(definitions.questions)
    more = (after - before >= rule.gain) & enough
    found = tests.places.loc[tests.both].assign(before=before, after=after, knows_more=more)
    found = found.rename_axis("person").reset_index().merge(people.unique, on="person")
    return found[list(LEARNER_COLUMNS)]


def measure_knowledge(
    tests: TakenTests, study: Study, *, draws: int = 99_999, seed: int
) -> pd.DataFrame:
    """Return the frame `knowledge`, all rows blank below the study's threshold; see the module."""
    before, after = (_percent(part.loc[tests.both]) for part in (tests.before, tests.after))
    if before.empty:
        return no_learning().knowledge
    # groupby sorts by locality, so the random flips do not depend on the order of the registers.
    grouped = (after - before).groupby(tests.places.loc[tests.both, "locality"])
    sums, sizes = grouped.sum(), grouped.size().to_numpy()
    people = np.broadcast_to(sizes[:, np.newaxis], sums.shape)
    flipped = flip_signs(sums.to_numpy(), people=people, draws=draws, seed=seed)
    drawn = "all {} enumerated" if flipped.enumerated else "{} drawn"
    method = f"sign flips of municipalities, {drawn.format(flipped.draws)}"
    change = (after - before).mean().to_numpy()
    frame = pd.DataFrame(
        {
            "question": before.columns,
            "n": float(len(before)),
            "before": before.mean().to_numpy(),
            "after": after.mean().to_numpy(),
            "change": change,
            **{name: getattr(flipped, name) for name in ("low", "high", "p", "p_adjusted")},
            "municipalities": len(sums),
            "verdict": verdicts(change, flipped.low, flipped.high, flipped.p_adjusted),
            "reason": np.where(np.isnan(flipped.low), Reason.TOO_FEW_FOR_LIMITS.value, ""),
            "method": method,
            "shown": True,
        }
    )
    few = len(before) < study.thresholds.answers
    return without_shares(frame, pd.Series(few, index=frame.index))


def without_shares(frame: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Return `knowledge` with the numbers of the hidden rows blanked and the rows marked."""
    frame = frame.assign(shown=frame["shown"] & ~hidden)
    frame.loc[hidden, list(_NUMBERS)] = np.nan
    frame.loc[hidden, ["verdict", "reason", "method"]] = [Verdict.WITHHELD.value, "", ""]
    return frame


def _attrition(steps: list[int], study: Study) -> pd.DataFrame:
    frame = pd.DataFrame({"step": list(STEPS), "people": pd.array(steps, dtype="Int64")})
    shown = ~frame["people"].between(1, study.thresholds.answers - 1)
    for step, after in _NEXT_STEPS:
        if 0 < steps[STEPS.index(step)] - steps[STEPS.index(after)] < study.thresholds.count:
            # Not those who took both tests: `knowledge` shows how many they are.
            shown[STEPS.index(after if step == "took_both" else step)] = False
    return frame.assign(people=frame["people"].where(shown), shown=shown.astype(bool))


def _steps_taken(attended: pd.DataFrame, taken: TakenTests, learners: pd.DataFrame) -> pd.DataFrame:
    """Return the frame `Learning.attended`."""
    events = attended.groupby("person")["event_id"].unique()
    known = learners.set_index("person").reindex(events.index)
    return pd.DataFrame(
        {
            "event": events.map(lambda own: own[0] if len(own) == 1 else ""),
            "district": known["district"].fillna(""),
            "sex": known["sex"].fillna(""),
            "took_before": events.index.isin(taken.before.index),
            "took_after": events.index.isin(taken.after.index),
            "took_both": events.index.isin(taken.both),
            "knows_more": known["knows_more"].eq(True),
        }
    ).reset_index(drop=True)


def _tests_elsewhere(tests: pd.DataFrame, attended: pd.DataFrame) -> pd.DataFrame:
    """Return an issue for each test taken at an event that is no consultation of this activity."""
    rows = tests[~tests["attendance_id"].isin(attended["attendance_id"])]
    rows = rows.assign(column="attendance_id", rule="test_elsewhere", action="not counted", old="")
    return rows[list(ISSUE_COLUMNS)]


def _correct(rows: pd.DataFrame, questions: list[str], *, keep: _Keep) -> pd.DataFrame:
    """Return person × question: True for a correct answer, False for a wrong or blank one."""
    counting = rows.drop_duplicates(["person", "question"], keep=keep)
    wide = counting.pivot(index="person", columns="question", values="right")
    return wide.reindex(columns=questions).eq(True)


def _percent(right: pd.DataFrame) -> pd.DataFrame:
    """Return 100 or 0 per question, and their mean over all questions in the column ""."""
    percent = 100.0 * right
    return percent.assign(**{"": percent.mean(axis=1)})

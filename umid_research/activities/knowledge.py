"""The tests before and after the consultations -> who knows more, and by how much.

`learners`, a row a person with both tests; their rows stay inside the computation:

    person  locality  district  sex  before  after  knows_more
         4  Guba 1    quba      f         2      5        True

`knowledge`, a row a question and one for all (blank):

    question  n   before  after  change   low  high      p  p_adjusted  municipalities  verdict
    q1        151   41.1   71.5    30.5  24.0  37.1  0.000       0.001              12  higher
              151   39.9   66.4    26.5  22.0  31.3  0.000       0.001              12  higher

read aloud: of 151 people with both tests 41.1 % knew the answer to q1 before and 71.5 % after. The
first test before and the last one after count; what was not answered was not known. People of one
consultation heard the same and are not independent: p and the limits come from flips of whole
municipalities, a person belonging to the one where their first test was taken.

`attrition` says how many people got how far: attended, took the test before, after, both, and know
more. Below the threshold of the study neither a row of it nor one of `knowledge` is shown.

A question to which (nearly) everybody or nobody knew the answer is withheld, before and after: it
would tell what each of them answered. One withheld question could be worked out of the row for all;
then the question that is next to an end of the scale is withheld as well.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from umid_research.activities.definitions import Definitions, Knowledge
from umid_research.activities.people import People
from umid_research.activities.withholding import telling_shares
from umid_research.compare.flips import flip_signs
from umid_research.compare.verdicts import verdicts
from umid_research.implementation.evidence import district_of
from umid_research.registers import ISSUE_COLUMNS, no_issues
from umid_research.study import Study
from umid_research.verdicts import Reason, Verdict

KNOWLEDGE_COLUMNS = (
    *("question", "n", "before", "after", "change", "low", "high", "p", "p_adjusted"),
    *("municipalities", "verdict", "reason", "method", "shown"),
)
LEARNER_COLUMNS = ("person", "locality", "district", "sex", "before", "after", "knows_more")
STEPS = ("attended", "took_before", "took_after", "took_both", "knows_more")
ACTIVITY = "2.1"
_Keep = Literal["first", "last"]
_NUMBERS = ("n", "before", "after", "change", "low", "high", "p", "p_adjusted")


@dataclass(frozen=True)
class Learned:
    """The frames drawn above, and the issues of tests that don't count."""

    learners: pd.DataFrame
    knowledge: pd.DataFrame
    attrition: pd.DataFrame
    issues: pd.DataFrame


@dataclass(frozen=True)
class Taken:
    """What was right, person × question, `before` and `after`; each has who took that test.

    `places` has the locality and the district of a person's first test.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    places: pd.DataFrame

    @property
    def both(self) -> pd.Index:
        """The people who took both tests."""
        return self.before.index.intersection(self.after.index).sort_values()


def learn(
    tests: pd.DataFrame,
    people: People,
    consultations: pd.DataFrame,
    definitions: Definitions,
    study: Study,
    *,
    draws: int = 99_999,
    seed: int,
) -> Learned:
    """What the consultations of activity 2.1 taught, from the registers and the unique people."""
    held = consultations[consultations["activity"] == ACTIVITY]
    attended = people.attendance[people.attendance["event_id"].isin(held["event_id"])]
    taken = read_tests(tests, attended, held, definitions, study)
    learners = find_learners(taken, people, definitions)
    steps = [
        *(attended["person"].nunique(), len(taken.before), len(taken.after)),
        *(len(learners), int(learners["knows_more"].sum())),
    ]
    measured = measure_knowledge(taken, study, draws=draws, seed=seed)
    return Learned(
        learners,
        without_shares(measured, telling_shares(measured)),
        _attrition(steps, study),
        _elsewhere(tests, attended),
    )


def no_learning() -> Learned:
    """The frames without a row."""
    return Learned(
        pd.DataFrame(columns=list(LEARNER_COLUMNS)),
        pd.DataFrame(columns=list(KNOWLEDGE_COLUMNS)),
        pd.DataFrame(columns=["step", "people", "shown"]),
        no_issues(),
    )


def read_tests(
    tests: pd.DataFrame,
    attended: pd.DataFrame,
    held: pd.DataFrame,
    definitions: Definitions,
    study: Study,
) -> Taken:
    """What each person answered rightly: first before, and last after, over all their tests."""
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
    return Taken(
        _right(rows[rows["phase"] == "before"], list(right), keep="first"),
        _right(rows[rows["phase"] == "after"], list(right), keep="last"),
        rows.drop_duplicates("person").set_index("person")[["locality", "district"]],
    )


def find_learners(tests: Taken, people: People, definitions: Definitions) -> pd.DataFrame:
    """The frame `learners`; see the module."""
    rule = definitions.knowledge or Knowledge(definition={})
    before, after = (part.loc[tests.both].sum(axis=1) for part in (tests.before, tests.after))
    enough = after >= rule.least * len(definitions.questions)
    more = (after - before >= rule.gain) & enough
    found = tests.places.loc[tests.both].assign(before=before, after=after, knows_more=more)
    found = found.rename_axis("person").reset_index().merge(people.unique, on="person")
    return found[list(LEARNER_COLUMNS)]


def measure_knowledge(
    tests: Taken, study: Study, *, draws: int = 99_999, seed: int
) -> pd.DataFrame:
    """The frame `knowledge`; see the module."""
    before, after = (_percent(part.loc[tests.both]) for part in (tests.before, tests.after))
    if before.empty:
        return no_learning().knowledge
    # Sorted by locality: random flips must not depend on the order of the registers.
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
    """The frame `knowledge` without the numbers of the hidden rows."""
    frame = frame.assign(shown=frame["shown"] & ~hidden)
    frame.loc[hidden, list(_NUMBERS)] = np.nan
    frame.loc[hidden, ["verdict", "reason", "method"]] = [Verdict.WITHHELD.value, "", ""]
    return frame


def _attrition(steps: list[int], study: Study) -> pd.DataFrame:
    frame = pd.DataFrame({"step": list(STEPS), "people": pd.array(steps, dtype="Int64")})
    shown = ~frame["people"].between(1, study.thresholds.answers - 1)
    return frame.assign(people=frame["people"].where(shown), shown=shown.astype(bool))


def _elsewhere(tests: pd.DataFrame, attended: pd.DataFrame) -> pd.DataFrame:
    """Issues: tests of people at another event than a consultation of this activity."""
    rows = tests[~tests["attendance_id"].isin(attended["attendance_id"])]
    rows = rows.assign(column="attendance_id", rule="test_elsewhere", action="not counted", old="")
    return rows[list(ISSUE_COLUMNS)]


def _right(rows: pd.DataFrame, questions: list[str], *, keep: _Keep) -> pd.DataFrame:
    """Person × question: whether the answer was right; what was not answered was not."""
    counting = rows.drop_duplicates(["person", "question"], keep=keep)
    wide = counting.pivot(index="person", columns="question", values="right")
    return wide.reindex(columns=questions).eq(True)


def _percent(right: pd.DataFrame) -> pd.DataFrame:
    """100 or 0 for each question, and under "" the share of all questions that was right."""
    percent = 100.0 * right
    return percent.assign(**{"": percent.mean(axis=1)})

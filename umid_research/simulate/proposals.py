"""Simulate the register of proposals, and the decisions about similar proposals.

In addition to the columns of the register, `proposal` has the number of the true proposal.
"""

import numpy as np
import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.schema import translations
from umid_research.simulate.activity_plan import ProposalPlan
from umid_research.simulate.activity_registers import numbered, picked
from umid_research.simulate.answers import stream
from umid_research.study import Study

_COLUMNS = (
    *("district", "locality", "group", "area", "addressee", "measure", "dimension"),
    *("submitted", "letter", "reply_date", "reply"),
)


def simulated_proposals(plan: ProposalPlan, workshops: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the proposals in order of date; repeated proposals are among the last."""
    texts = pd.DataFrame([text.model_dump() for text in plan.texts])
    original = [texts.loc[row, language] for row, language in texts["language"].items()]
    own = texts.rename(columns=dict(zip(study.languages, translations(study), strict=True)))
    own = own.assign(proposal=range(len(own)), text=original)
    again = own.iloc[[entry.of - 1 for entry in plan.again]].assign(
        language=[entry.language for entry in plan.again],
        text=[entry.text for entry in plan.again],
        **dict.fromkeys(translations(study), ""),
    )
    rows = _made(pd.concat([own, again], ignore_index=True), workshops, study)
    rows = _sent(plan, rows)
    rows["proposal_id"] = numbered("P", len(rows), digits=2)
    columns = ["proposal_id", "event_id", "date", "language", "text", *translations(study)]
    return rows[["proposal", *columns, *_COLUMNS]]


def simulated_proposal_decisions(plan: ProposalPlan, proposals: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions: repetitions are the same proposal; the plan's pairs are different."""
    first = proposals.drop_duplicates("proposal").set_index("proposal")["proposal_id"]
    latest = proposals.groupby("proposal")["proposal_id"].shift()
    repeated = proposals[latest.notna()]
    same = pd.DataFrame(
        {
            "first": latest[repeated.index],
            "second": repeated["proposal_id"],
            "decision": "same",
            "reason": "The same request in other words",
        }
    )
    different = pd.DataFrame(
        [
            (first[pair.first - 1], first[pair.second - 1], "different", pair.reason)
            for pair in plan.different
        ],
        columns=list(same),
    )
    decisions = pd.concat([same, different], ignore_index=True)
    return decisions.assign(kind="proposal", by="project manager")


def _made(rows: pd.DataFrame, workshops: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the date, event, locality, district and group in which each proposal was made."""
    third = np.minimum(3 * np.arange(len(rows)) // len(rows), 2)
    (one, first), (two, second) = workshops[["event_id", "date"]].to_numpy()
    middle = pd.Timestamp(first) + (pd.Timestamp(second) - pd.Timestamp(first)) / 2
    uniforms = stream(study, "proposals").random((2, len(rows)))
    district = district_of(study)
    locality = picked(district, uniforms[0])
    return rows.assign(
        event_id=np.array([one, "", two])[third],
        date=np.array([first, str(middle.date()), second])[third],
        locality=locality,
        district=[district[place] for place in locality],
        group=picked(study.groups, uniforms[1]),
    )


def _sent(plan: ProposalPlan, rows: pd.DataFrame) -> pd.DataFrame:
    """Add letter and reply; all rows of a proposal have the same letter."""
    last = rows.groupby("proposal")["date"].transform("max")
    sent = rows["proposal"] < rows["proposal"].nunique() - plan.unsent
    rows = rows.assign(submitted="", letter="", reply_date="", reply="")
    for letter in reversed(plan.letters):
        goes = sent & (last <= str(letter.until))
        rows.loc[goes, ["submitted", "letter"]] = [str(letter.sent), letter.letter]
    first = rows.index[rows["letter"] == plan.letters[0].letter][: len(plan.replies)]
    rows.loc[first, "reply"] = list(plan.replies[: len(first)])
    rows.loc[first, "reply_date"] = str(plan.replied)
    return rows

"""Apply the state that the survey platform gives each submission.

Deleted and test submissions and drafts are set aside. For the states of the review, `review` in
study.toml decides; submissions that are kept are flagged.
"""

import numpy as np
import pandas as pd

from umid_research.raw import (
    APPROVED,
    DELETED,
    DRAFT,
    REJECTED,
    STRICTEST_FIRST,
    TEST,
    UNDECIDED,
    UNDER_REVIEW,
)
from umid_research.study import Study

# Rule -> the entry of `review` in study.toml that decides on it.
REVIEW_RULES = {
    "rejected_in_review": "rejected",
    "under_review": "under_review",
    "not_reviewed": "not_reviewed",
}


def review_rules(raw: pd.DataFrame) -> np.ndarray:
    """Return the rule that the state of each submission makes apply, "" if none does.

    It is `deleted`, `test`, or a rule of `REVIEW_RULES`; drafts have a rule of their own.
    The state of a draft says nothing about the submission that it became. A submission that was
    downloaded before and after its review has the stricter state of the two.
    `not_reviewed` applies only in files where the review was used for at least one submission.
    """
    rank = raw["review_state"].replace(DRAFT, UNDECIDED).map(STRICTEST_FIRST.index)
    named = raw["uuid"] != ""
    rank[named] = rank[named].groupby(raw["uuid"][named]).transform("min")
    state = np.array(STRICTEST_FIRST, dtype=object)[rank.to_numpy(dtype=int)]
    decided = [APPROVED, REJECTED, UNDER_REVIEW]
    is_used = raw["review_state"].isin(decided).groupby(raw["file"]).transform("any").to_numpy()
    rules = {
        "deleted": state == DELETED,
        "test": state == TEST,
        "rejected_in_review": state == REJECTED,
        "under_review": state == UNDER_REVIEW,
        "not_reviewed": ~np.isin(state, decided) & is_used,
    }
    return np.select(list(rules.values()), list(rules), default="").astype(object)


def is_set_aside(rules: np.ndarray, study: Study) -> np.ndarray:
    """Return whether the submissions under these rules are set aside."""
    chosen = ["deleted", "test"]
    chosen += [
        rule for rule, entry in REVIEW_RULES.items() if getattr(study.review, entry) == "set_aside"
    ]
    return np.isin(rules.astype(str), chosen)

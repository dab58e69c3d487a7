"""Apply the survey platform's review: a submission is set aside, or kept and flagged.

`review` in study.toml decides for each rule; submissions that are kept are flagged.
"""

import numpy as np
import pandas as pd

from umid_research.raw import REJECTED, STRICTEST_FIRST, UNDECIDED, UNDER_REVIEW
from umid_research.study import Study

# Rule -> the entry of `review` in study.toml that decides on it.
REVIEW_RULES = {
    "rejected_in_review": "rejected",
    "under_review": "under_review",
    "not_reviewed": "not_reviewed",
}


def review_rules(raw: pd.DataFrame) -> np.ndarray:
    """Return the rule of `REVIEW_RULES` that applies to each submission, "" if none does.

    A submission that was downloaded before and after its review has the stricter state of the two.
    `not_reviewed` applies only in files where the review was used for at least one submission.
    """
    rank = raw["review_state"].map(STRICTEST_FIRST.index)
    named = raw["uuid"] != ""
    rank[named] = rank[named].groupby(raw["uuid"][named]).transform("min")
    state = np.array(STRICTEST_FIRST, dtype=object)[rank.to_numpy(dtype=int)]
    is_used = (raw["review_state"] != UNDECIDED).groupby(raw["file"]).transform("any").to_numpy()
    cases = [state == REJECTED, state == UNDER_REVIEW, (state == UNDECIDED) & is_used]
    return np.select(cases, list(REVIEW_RULES), default="").astype(object)


def is_set_aside(rules: np.ndarray, study: Study) -> np.ndarray:
    """Return whether the study sets aside the submissions under these rules."""
    chosen = [
        rule for rule, entry in REVIEW_RULES.items() if getattr(study.review, entry) == "set_aside"
    ]
    return np.isin(rules.astype(str), chosen)

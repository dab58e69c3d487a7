"""The columns of `published`, and the order of its rows."""

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import WITHOUT_SPREAD, Verdict
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

KEYS = (
    *("table", "dimension", "question", "answer", "group", "district", "locality", "side"),
    *("versus", "family", "statistic"),
)
NUMBERS = (
    *("value", "low", "high", "units", "respondents", "p_adjusted", "p_smallest", "mdd", "skewed"),
    "opposed",
    *("runs", "percent"),
)
COLUMNS = (*KEYS, *NUMBERS, "shown", "verdict", "reason", "note")
# A mean at most this near to an end of the scale reveals almost everybody's score.
STEP = 1.0


def row_frame(table: str, rows: pd.DataFrame, **constants: object) -> pd.DataFrame:
    """Return `rows` as rows of a table of `published`: shown and without codes by default."""
    blank = {"verdict": "", "reason": "", "note": ""}
    return rows.assign(**{"table": table, "shown": True, **blank, **constants})


def as_published(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the parts in one frame with the columns of `published`; hidden rows have no numbers.

    That something cannot be estimated since nobody differs is withheld as well (rule 3): the row
    looks like every other row that is withheld.
    """
    published = pd.concat([part for part in parts if not part.empty], ignore_index=True)
    published = published.reindex(columns=list(COLUMNS)).astype({"shown": bool})
    published.loc[~published["shown"], list(NUMBERS)] = np.nan
    equal = ~published["shown"] & published["reason"].isin(WITHOUT_SPREAD)
    published.loc[equal, "reason"] = ""
    withhold_verdicts(published, ~published["shown"] & (published["reason"] == ""))
    return published


def withhold_verdicts(published: pd.DataFrame, hidden: pd.Series) -> None:
    """Set the verdict of the contrasts among the hidden rows to `withheld`, in place."""
    published.loc[hidden & (published["verdict"] != ""), "verdict"] = Verdict.WITHHELD.value


def in_the_studys_order(
    published: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Sort rows as the study orders things, so that the order of an export is irrelevant."""
    members = [question for repeat in questionnaire.repeats for question in repeat.members]
    asked = [*questionnaire, *members]
    answers = [choice for question in asked for choice in question.choice_names]
    orders: dict[str, list[str]] = {
        "table": list(dict.fromkeys(published["table"])),
        "dimension": [*questionnaire.dimensions, INDEX],
        "question": [question.name for question in asked],
        "group": list(study.groups),
        "district": list(study.districts),
        "versus": [*study.groups, *study.districts, "demand"],
        "locality": [name for d in study.districts.values() for name in d.localities],
        "answer": list(dict.fromkeys(answers)),
    }
    places = pd.DataFrame(
        {
            key: published[key].map({name: place for place, name in enumerate(order)})
            for key, order in orders.items()
        }
    )
    order = places.fillna(-1).assign(statistic=published["statistic"], side=published["side"])
    return published.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(
        drop=True
    )

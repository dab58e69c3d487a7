"""Rows of `published` on the implementation of the plan and on the meetings.

    table              dimension   question  district  statistic    answer       value  units
    status             services    M01       quba      perceived    Substantial
    status             services    M01       quba      documentary  Complete       100      4
    views_by_area      finance                         mean                         42     11
    themes_meetings    budget                          meetings                     29

Areas and themes are in `dimension`, measures in `question`. Documents are public, so what they show
is published by locality. People's views follow the disclosure rules (analysis plan, section 3): a
view is shown where the answers that it is made of are shown. Themes are counted in meetings, by
group or by district, never by both.
"""

import numpy as np
import pandas as pd

from umid_research.analysis.implementation import Implementation, disagreements
from umid_research.analysis.implementation.evidence import documentary_status
from umid_research.analysis.meetings import Meetings
from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Reason
from umid_research.disclosure.frame import as_published, row_frame
from umid_research.disclosure.rules.small_counts import is_small
from umid_research.disclosure.rules.themes import agreement_rows, quote_rows, theme_rows
from umid_research.disclosure.rules.views import gap_rows, may_be_shown, open_answers, view_rows
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire


def publish_implementation(
    implementation: Implementation,
    meetings: Meetings,
    published: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
) -> pd.DataFrame:
    """Return the rows to append to `published`, the frame of the survey, with the same columns.

    What `published` withholds of the answers decides what is shown of the areas.
    """
    is_open = open_answers(published, study)
    views = view_rows(implementation.views, published, is_open, questionnaire, study)
    parts = [
        _registers(implementation, meetings),
        _measures(implementation.measures, study),
        _status(implementation.status, implementation.checks, is_open, study),
        _reasons(implementation.reasons),
        _disagreements(implementation.status, is_open),
        *_documents(implementation),
        views,
        gap_rows(implementation.gaps, views, study),
        agreement_rows("checking", implementation.agreement.assign(dimension=pd.NA)),
        *theme_rows(meetings.themes, study),
        agreement_rows("coding", meetings.theme_agreement.rename(columns={"theme": "dimension"})),
        quote_rows(meetings, study),
        _issues(implementation, meetings),
    ]
    rows = as_published(parts)
    rows.loc[~rows["shown"], "answer"] = np.nan
    return rows


def _registers(implementation: Implementation, meetings: Meetings) -> pd.DataFrame:
    """List the registers, with the number of usable rows."""
    rows = pd.concat([implementation.registers, meetings.meeting_register])
    rows = rows.rename(columns={"register": "statistic", "rows": "value"})
    reason = np.where(rows["value"].isna(), Reason.NO_REGISTER.value, "")
    return row_frame("registers", rows.astype({"value": float}), reason=reason)


def _measures(measures: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return each measure's text in every language, and whether it has been verified."""
    texts = {f"text_{language}": language for language in study.languages}
    long = measures.rename(columns=texts).melt(
        ["id", "area", "verified"], list(texts.values()), "answer", "note"
    )
    rows = long.rename(columns={"id": "question", "area": "dimension", "verified": "statistic"})
    return row_frame("measures", rows, note=rows["note"])


def _status(
    status: pd.DataFrame,
    checks: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    study: Study,
) -> pd.DataFrame:
    """Return up to three codes per measure × district, and how many could not judge its area."""
    keys = status.rename(columns={"measure": "question", "area": "dimension"})
    keys = keys[["question", "dimension", "district"]]
    cells = pd.MultiIndex.from_frame(status[["measure", "district"]])
    documents = documentary_status(checks, ["measure", "district"])
    percent = documents.set_index(["measure", "district"])["percent"].reindex(cells).round()
    asked = status["perceived_n"] > 0
    may = may_be_shown(status, is_open, "district") & (
        status["perceived_n"] >= study.thresholds.answers
    )
    could = status["perceived_n"].where(asked)
    could_not = (could * status["cannot_judge_share"] / (1 - status["cannot_judge_share"])).round()
    may &= ~is_small(could_not, study.thresholds.count)
    parts = [
        keys.assign(statistic="perceived", answer=status["perceived"], respondents=could)[asked],
        keys.assign(statistic="cannot_judge", value=could_not, respondents=could + could_not)[
            asked
        ],
        keys.assign(
            statistic="documentary",
            answer=status["documentary"],
            value=percent.to_numpy(),
            units=status["documentary_n"],
        ),
        keys.assign(statistic="analyst", answer=status["analyst"])[status["analyst"].notna()],
    ]
    shown = [may[asked], may[asked], True, True]
    return pd.concat(
        [
            row_frame("status", part, shown=visible)
            for part, visible in zip(parts, shown, strict=True)
        ]
    )


def _reasons(reasons: pd.DataFrame) -> pd.DataFrame:
    """Return the analyst's reasons; `answer` has the language of each, or is blank."""
    rows = reasons.rename(columns={"measure": "question", "language": "answer"})
    return row_frame("reasons", rows.drop(columns="reason"), note=rows["reason"])


def _disagreements(status: pd.DataFrame, is_open: set[tuple[str, str, str]]) -> pd.DataFrame:
    """Return pairs of codes more than one step apart, except those with a withheld view."""
    apart = disagreements(status)
    apart = apart[may_be_shown(apart, is_open, "district") | (apart["first"] != "perceived")]
    rows = apart.rename(columns={"measure": "question", "area": "dimension"}).assign(
        statistic=apart["first"] + "_" + apart["second"],
        answer=apart["first_code"],
        versus=apart["second_code"],
    )
    columns = ["question", "dimension", "district", "statistic", "answer", "versus"]
    return row_frame("disagreements", rows[columns])


def _documents(implementation: Implementation) -> list[pd.DataFrame]:
    """Return what documents show, by locality and by area; nothing if no document was checked."""
    there = implementation.registers.set_index("register")["rows"].notna()
    return (
        [_evidence(implementation.checks), *_documentary(implementation.checks)]
        if there["evidence"]
        else []
    )


def _evidence(checks: pd.DataFrame) -> pd.DataFrame:
    """Return the result of each check, locality by locality: public facts."""
    names = {"measure": "question", "area": "dimension", "item": "answer", "result": "statistic"}
    rows = checks.rename(columns=names).drop(columns=["credit", "evidence"])
    return row_frame("evidence", rows.fillna({"statistic": "no_check"}))


def _documentary(checks: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the percentage of required items found, by area, overall and per district."""
    parts = []
    for keys in (["area"], ["area", "district"], ["all"], ["all", "district"]):
        rows = documentary_status(checks.assign(all=INDEX), keys)
        rows = rows.rename(columns={keys[0]: "dimension", "percent": "value", "checks": "units"})
        rows = rows.drop(columns=["documentary", "due"]).assign(value=rows["value"].round())
        parts.append(row_frame("documentary_by_area", rows, statistic="percent"))
    return parts


def _issues(implementation: Implementation, meetings: Meetings) -> pd.DataFrame:
    """Count the rows of each register that broke a rule, by rule and action."""
    issues = pd.concat([implementation.register_issues, meetings.meeting_issues])
    counts = issues.groupby(["file", "rule", "action"], sort=False).size().rename("value")
    names = {"file": "question", "rule": "statistic", "action": "answer"}
    return row_frame("register_issues", counts.reset_index().rename(columns=names))

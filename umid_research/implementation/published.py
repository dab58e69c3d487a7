"""The frames of implementation and meetings -> rows of `published`: what a reader may see.

    table              dimension   question  district  statistic    answer       value  units
    status             services    M01       quba      perceived    Substantial
    status             services    M01       quba      documentary  Complete       100      4
    views_by_area      finance                         mean                         42     11
    themes_meetings    budget                          meetings                     29

Areas and themes stand in `dimension`, measures in `question`. What documents show are public facts
and is shown by locality. What people say follows the disclosure rules (analysis plan, section 3):
a view is shown where the answers that it is made of are; themes are counted in meetings, by group
or by district, never by both.
"""

import numpy as np
import pandas as pd

from umid_research.implementation import Implementation, disagreements
from umid_research.implementation.evidence import documentary_status
from umid_research.meetings import NAME, SURVEY, Meetings
from umid_research.questionnaire import Questionnaire
from umid_research.score import INDEX
from umid_research.study import Side, Study

NUMBERS = ("value", "low", "high", "units", "respondents", "p_adjusted")
_STEP = 1.0
_SIDES: tuple[Side, Side] = ("supply", "demand")


def publish_implementation(
    found: Implementation,
    spoken: Meetings,
    published: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
) -> pd.DataFrame:
    """Rows to be put below `published`, the frame of the survey, with the same columns.

    What `published` withholds of the answers decides what is shown of the areas.
    """
    is_open = _open_answers(published, study)
    views = _views(found.views, published, is_open, questionnaire, study)
    parts = [
        _registers(found, spoken),
        _measures(found.measures, study),
        _status(found.status, found.checks, is_open, study),
        _disagreements(found.status, is_open),
        _evidence(found.checks),
        *_documentary(found.checks),
        views,
        _gaps(found.gaps, views, study),
        _agreement("checking", found.agreement.assign(dimension=pd.NA)),
        *_themes(spoken.themes, study),
        _agreement("coding", spoken.theme_agreement.rename(columns={"theme": "dimension"})),
        _quotes(spoken, study),
        _issues(found, spoken),
    ]
    rows = pd.concat([part for part in parts if not part.empty], ignore_index=True)
    rows = rows.reindex(columns=list(published.columns))
    hidden = ~rows["shown"].astype(bool)
    rows.loc[hidden, list(NUMBERS)] = np.nan
    rows.loc[hidden, ["answer", "note"]] = [np.nan, ""]
    return rows.astype({"shown": bool})


def _row_frame(table: str, rows: pd.DataFrame, **constants: object) -> pd.DataFrame:
    return rows.assign(**{"table": table, "shown": True, "note": "", **constants})


def _registers(found: Implementation, spoken: Meetings) -> pd.DataFrame:
    """Which registers there are, with the rows that can be used."""
    rows = pd.concat([found.registers, spoken.meeting_register])
    rows = rows.rename(columns={"register": "statistic", "rows": "value"})
    note = np.where(rows["value"].isna(), "missing", "")
    return _row_frame("registers", rows.astype({"value": float}), note=note)


def _measures(measures: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Each measure's text in every language, and whether anybody has verified it."""
    texts = {f"text_{language}": language for language in study.languages}
    long = measures.rename(columns=texts).melt(
        ["id", "area", "verified"], list(texts.values()), "answer", "note"
    )
    rows = long.rename(columns={"id": "question", "area": "dimension", "verified": "statistic"})
    return _row_frame("measures", rows, note=rows["note"])


def _open_answers(published: pd.DataFrame, study: Study) -> set[tuple[str, str, str]]:
    """(area, "group" or "district", key) where the answers to all the area's items are shown."""
    shown = set()
    for by in ("group", "district"):
        rows = published[published["table"] == f"answers_by_{by}"]
        for key, area in study.areas.items():
            of_area = rows[rows["question"].isin(area.items)]
            whole = of_area.groupby(by)["shown"].all()
            shown |= {(key, by, place) for place in whole.index[whole]}
    return shown


def _status(
    status: pd.DataFrame,
    checks: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    study: Study,
) -> pd.DataFrame:
    """Three rows a measure × district, and the number of those who could not judge its area."""
    keys = status.rename(columns={"measure": "question", "area": "dimension"})
    keys = keys[["question", "dimension", "district"]]
    cells = pd.MultiIndex.from_frame(status[["measure", "district"]])
    documents = documentary_status(checks, ["measure", "district"])
    percent = documents.set_index(["measure", "district"])["percent"].reindex(cells).round()
    asked = status["perceived_n"] > 0
    may = _may(status, is_open, "district") & (status["perceived_n"] >= study.thresholds.answers)
    could = status["perceived_n"].where(asked)
    could_not = (could * status["cannot_judge_share"] / (1 - status["cannot_judge_share"])).round()
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
        keys.assign(
            statistic="analyst", answer=status["analyst"], text=status["reason"].fillna("")
        )[status["analyst"].notna()],
    ]
    shown = [may[asked], may[asked], True, True]
    texts = ["", "", "", parts[3].pop("text")]
    return pd.concat(
        [
            _row_frame("status", part, shown=visible, note=text)
            for part, visible, text in zip(parts, shown, texts, strict=True)
        ]
    )


def _may(rows: pd.DataFrame, is_open: set[tuple[str, str, str]], by: str) -> pd.Series:
    cells = zip(rows["area"], rows[by], strict=True)
    return pd.Series([(area, by, key) in is_open for area, key in cells], index=rows.index)


def _disagreements(status: pd.DataFrame, is_open: set[tuple[str, str, str]]) -> pd.DataFrame:
    """Pairs of columns more than one step apart; those with a withheld view are left out."""
    apart = disagreements(status)
    apart = apart[_may(apart, is_open, "district") | (apart["first"] != "perceived")]
    rows = apart.rename(columns={"measure": "question", "area": "dimension"}).assign(
        statistic=apart["first"] + "_" + apart["second"],
        answer=apart["first_code"],
        versus=apart["second_code"],
    )
    columns = ["question", "dimension", "district", "statistic", "answer", "versus"]
    return _row_frame("disagreements", rows[columns])


def _evidence(checks: pd.DataFrame) -> pd.DataFrame:
    """What was found of what, locality by locality: public facts."""
    names = {"measure": "question", "area": "dimension", "item": "answer", "result": "statistic"}
    rows = checks.rename(columns=names).drop(columns=["credit", "evidence"])
    return _row_frame("evidence", rows.fillna({"statistic": "no_check"}))


def _documentary(checks: pd.DataFrame) -> list[pd.DataFrame]:
    """Percent of what is required that was found, by area, over all districts and in each."""
    parts = []
    for keys in (["area"], ["area", "district"], ["all"], ["all", "district"]):
        rows = documentary_status(checks.assign(all=INDEX), keys)
        rows = rows.rename(columns={keys[0]: "dimension", "percent": "value", "checks": "units"})
        rows = rows.drop(columns=["documentary", "due"]).assign(value=rows["value"].round())
        parts.append(_row_frame("documentary_by_area", rows, statistic="percent"))
    return parts


# --- who sees more of an area -------------------------------------------------------------------


def _views(
    views: pd.DataFrame,
    published: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    questionnaire: Questionnaire,
    study: Study,
) -> pd.DataFrame:
    """Each group's mean per area; that of all areas as the survey publishes the dimension."""
    area = views.rename(columns={"dimension": "area"})
    value = views["score"].round()
    inside = value.between(_STEP, 100 - _STEP, inclusive="neither")
    enough = (views["units"] >= study.thresholds.units) & inside
    whole = views["dimension"] == INDEX
    groups = _groups_with_whole(published, is_open, questionnaire, study)
    shown = enough & (_may(area, is_open, "group") | (whole & views["group"].isin(groups)))
    rows = views.assign(value=value).drop(columns="score")
    return _row_frame("views_by_area", rows, statistic="mean", shown=shown)


def _groups_with_whole(
    published: pd.DataFrame,
    is_open: set[tuple[str, str, str]],
    questionnaire: Questionnaire,
    study: Study,
) -> set[str]:
    """Groups whose mean over all areas is shown: with that of the dimension, where there is one."""
    items = {name for area in study.areas.values() for name in area.items}
    for dimension in questionnaire.dimensions:
        if {item.name for item in questionnaire.items(dimension)} == items:
            rows = published[
                (published["table"] == "scores_by_group") & (published["dimension"] == dimension)
            ]
            return set(rows.loc[rows["shown"].astype(bool), "group"])
    asked = [key for key, area in study.areas.items() if area.items]
    return {
        group for group in study.groups if all((key, "group", group) in is_open for key in asked)
    }


def _gaps(gaps: pd.DataFrame, views: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Those who govern less those who are governed: of published means, limits rounded outward."""
    shown = views[views["shown"]].pivot(index="dimension", columns="group", values="value")
    sides = {}
    for side in _SIDES:
        groups = [key for key in study.groups_on(side) if key in study.matched_groups]
        of_side = shown.reindex(columns=groups, index=gaps["dimension"])
        sides[side] = of_side.mean(axis=1, skipna=False).to_numpy()
    estimable = gaps["estimate"].notna()
    value = np.round(sides["supply"] - sides["demand"])
    rows = pd.DataFrame(
        {
            "dimension": gaps["dimension"],
            "value": value,
            "low": np.minimum(np.floor(gaps["low"]), value),
            "high": np.maximum(np.ceil(gaps["high"]), value),
            "units": gaps["n_a"],
            "p_adjusted": gaps["p_adjusted"],
        }
    )
    note = gaps["method"].where(~estimable, "")
    may = estimable & np.isfinite(value)
    return _row_frame("gap_by_area", rows, statistic="difference", note=note, shown=may)


# --- meetings -----------------------------------------------------------------------------------


def _themes(themes: pd.DataFrame, study: Study) -> list[pd.DataFrame]:
    """How many meetings, or proposals, a theme came up in: over all, by group, by district."""
    parts = []
    for source in (NAME, SURVEY):
        rows = themes[themes["source"] == source]
        for by in ("", "group", "district"):
            other = ["group", "district"] if by == "" else [by]
            cells = rows[rows[other].isna().all(axis=1) if by == "" else rows[by].notna()]
            if cells.empty:
                continue
            shown = _with_company(cells, study.thresholds.answers, whole=by == "")
            cells = cells.rename(columns={"theme": "dimension"})
            cells = cells.assign(value=cells["meetings"], respondents=cells["of"], shown=shown)
            cells = cells[["dimension", "group", "district", "value", "respondents", "shown"]]
            parts.append(
                _row_frame(f"themes_{source}", cells, statistic="meetings", shown=cells["shown"])
            )
    return parts


def _with_company(cells: pd.DataFrame, least: int, *, whole: bool) -> pd.Series:
    """Whether a count may be shown: enough people, neither nobody nor all, and no lonely cell.

    What is withheld can be worked out as the total less what is shown; that difference must itself
    be two cells and `least` people, or more is withheld.
    """
    count, of = cells["meetings"], cells["of"]
    shown = (of >= least) & (count > 0) & (count < of)
    if whole:
        return shown
    parts = []
    for _, rows in cells.assign(shown=shown).groupby("theme", sort=False):
        rows = rows.sort_values("of", kind="stable")
        hidden, bases = ~rows["shown"].to_numpy(), rows["of"].to_numpy()
        while hidden.any() and not hidden.all():
            if hidden.sum() >= 2 and bases[hidden].sum() >= least:
                break
            hidden[np.flatnonzero(~hidden)[0]] = True
        parts.append(pd.Series(~hidden, index=rows.index))
    return pd.concat(parts).reindex(cells.index)


def _agreement(table: str, agreement: pd.DataFrame) -> pd.DataFrame:
    """Krippendorff's alpha with its interval, and how many of those read twice differ."""
    rows = agreement.rename(columns={"double": "units"})
    alpha = rows.assign(statistic="alpha", value=rows["alpha"])
    note = np.where(alpha["value"].isna(), "not estimable: nobody differs from anybody", "")
    differ = rows.assign(statistic="differ", value=rows["differ"], low=np.nan, high=np.nan)
    parts = [_row_frame(table, alpha, note=note), _row_frame(table, differ)]
    return pd.concat(parts).drop(columns=["alpha", "differ"])


def _quotes(spoken: Meetings, study: Study) -> pd.DataFrame:
    """Screened texts with one attribution, where enough people share it."""
    quotes = spoken.quotes
    people = spoken.themes.drop_duplicates(["source", "group", "district"])
    base = quotes.merge(people, how="left", on=["source", "group", "district"])["of"]
    enough = (base >= study.thresholds.answers).to_numpy()
    rows = quotes[enough].rename(columns={"theme": "dimension", "source": "statistic"})
    return _row_frame("quotes", rows.drop(columns="text"), note=rows["text"])


def _issues(found: Implementation, spoken: Meetings) -> pd.DataFrame:
    """How often which rule was broken in which register, and what was done."""
    issues = pd.concat([found.register_issues, spoken.meeting_issues])
    counts = issues.groupby(["file", "rule", "action"], sort=False).size().rename("value")
    names = {"file": "question", "rule": "statistic", "action": "answer"}
    return _row_frame("register_issues", counts.reset_index().rename(columns=names))

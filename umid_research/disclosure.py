"""Frames -> `published`: what a reader may see, rounded, small groups withheld.

One row is one number of a report. Notebooks read this frame and nothing else of the data.

    table            dimension  group      statistic  value  low  high  units  respondents  shown
    scores_by_group  trust      community  mean          62   55    69     12           24   True
    scores_by_group  trust      ngo        mean                                             False

read aloud: the mean trust score of the 12 communities, 24 people, is 62, and if communities were
a random sample the mean would lie in 55 to 69; the NGOs' score is withheld, and the one mark for
that does not tell whether they are few, agree, or would reveal somebody else.

The rules are those of the analysis plan, section 3, numbered as there:

1. Scores need `thresholds.units` units and `thresholds.respondents` respondents, answers to single
   questions `thresholds.answers` respondents.
2. Within a district only supply, demand and the district score; questions by group or by district,
   never by both; nothing by locality but field-work counts.
3. Unanimous answers and means at a scale's end are withheld like small bases, with one mark.
4. Means have no decimals; differences are differences of published means, limits round outward.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.clean import ANSWERED, NOT_ASKED, Cleaned, question_columns
from umid_research.percentages import Percentage, percentage, survey_percentage
from umid_research.questionnaire import Question, Questionnaire
from umid_research.reliability import Reliability
from umid_research.robustness import Robustness
from umid_research.score import (
    INDEX,
    compared_dimensions,
    district_means,
    group_means,
    side_means,
)
from umid_research.study import Study

KEYS = (
    *("table", "dimension", "question", "answer", "group", "district", "locality", "side"),
    *("versus", "family", "statistic"),
)
NUMBERS = ("value", "low", "high", "units", "respondents", "p_adjusted", "mdd", "runs", "percent")
COLUMNS = (*KEYS, *NUMBERS, "shown", "note")
# Below twice the threshold, a mean with its interval comes near to telling every unit's score.
_UNITS_FOR_INTERVAL = 2
_STEP = 1.0


def publish_frames(
    cleaned: Cleaned,
    units: pd.DataFrame,
    comparisons: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    reliability: Reliability | None = None,
    robustness: Robustness | None = None,
) -> pd.DataFrame:
    """The frame `published` of a study; see the module's docstring.

    Without `reliability` or `robustness` it has no tables of these.
    """
    scores = _scores(units, study)
    differences = list(_differences(comparisons, scores, study))
    parts = [
        _intake(cleaned),
        _field_work(cleaned.responses, study),
        scores,
        *differences,
        *([_reliabilities(reliability, study)] if reliability else []),
        *(_robust(robustness, pd.concat(differences), scores) if robustness else []),
        *_answers(cleaned, questionnaire, study),
        _not_knowing(cleaned, questionnaire, study),
    ]
    published = pd.concat([part for part in parts if not part.empty], ignore_index=True)
    published = published.reindex(columns=list(COLUMNS))
    published.loc[~published["shown"], list(NUMBERS)] = np.nan
    return _in_the_studys_order(published, questionnaire, study)


def _in_the_studys_order(
    published: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Rows as the study names things, so that the order of an export changes no report."""
    answers = [choice for question in questionnaire for choice in question.choice_names]
    orders: dict[str, list[str]] = {
        "table": list(dict.fromkeys(published["table"])),
        "dimension": [*questionnaire.dimensions, INDEX],
        "question": list(questionnaire.names),
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


def _row_frame(table: str, rows: pd.DataFrame, **constants: object) -> pd.DataFrame:
    return rows.assign(table=table, **{"shown": True, "note": "", **constants})


# --- counts of the field work and of the intake, which tell no answers ---------------------------


def _intake(cleaned: Cleaned) -> pd.DataFrame:
    """How many submissions came in, were kept, were set aside and why, and what was changed."""
    kept, aside = len(cleaned.responses), len(cleaned.set_aside)
    totals = pd.DataFrame({"statistic": ["read", "kept", "set_aside"]})
    totals["value"] = [kept + aside, kept, aside]
    rules = cleaned.set_aside.groupby("rule").size().rename("value").reset_index()
    changes = (
        cleaned.issues.groupby(["column", "rule", "action"], dropna=False)
        .size()
        .rename("value")
        .reset_index()
    )
    return pd.concat(
        [
            _row_frame("intake", totals),
            _row_frame("set_aside", rules.rename(columns={"rule": "statistic"})),
            _row_frame(
                "issues",
                changes.rename(
                    columns={"column": "question", "rule": "statistic", "action": "answer"}
                ),
            ),
        ]
    )


def _field_work(responses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Units and respondents reached, by group, by district and both, and by locality."""
    parts = []
    for keys in ([], ["group"], ["district"], ["group", "district"]):
        grouped = responses.assign(everyone="").groupby(["everyone", *keys], sort=False)
        counts = grouped.agg(units=("unit", "nunique"), respondents=("respondent", "size"))
        parts.append(counts.reset_index().drop(columns="everyone"))
    if study.roles.locality is not None:
        placed = responses.dropna(subset=["locality"])
        by_place = placed.groupby(["district", "locality", "group"], sort=False)
        parts.append(
            by_place.agg(
                units=("unit", "nunique"), respondents=("respondent", "size")
            ).reset_index()
        )
    return _row_frame("field_work", pd.concat(parts), statistic="reached")


# --- scores and their differences ---------------------------------------------------------------


def _scores(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rules 1 to 4 for the means of groups, sides and districts.

    What only some groups were asked would show a group within a district, so it has no score there.
    """
    asked_of_all = units[units["dimension"].isin(compared_dimensions(units))]
    parts = [
        _row_frame("scores_by_group", group_means(units)),
        _row_frame("scores_by_district", district_means(asked_of_all, study)),
    ]
    if study.is_matched:
        parts.append(_row_frame("scores_by_side", side_means(asked_of_all, study)))
    scores = pd.concat(parts, ignore_index=True).assign(statistic="mean")
    scores = scores.merge(_spreads(units), on=["dimension", "group"], how="left")
    return _shown_scores(scores, study)


def _spreads(units: pd.DataFrame) -> pd.DataFrame:
    """Standard error of each group's mean of units."""
    grouped = units.groupby(["dimension", "group"], sort=False)["score"]
    return grouped.sem().rename("standard_error").reset_index()


def _shown_scores(scores: pd.DataFrame, study: Study) -> pd.DataFrame:
    limits = study.thresholds
    enough = (scores["units"] >= limits.units) & (scores["respondents"] >= limits.respondents)
    value = scores["score"].round()
    inside = value.between(_STEP, 100 - _STEP, inclusive="neither")
    degrees = scores["units"] - 1
    half = scores["standard_error"] * stats.t.ppf(0.975, degrees.clip(lower=1))
    half = half.where(scores["units"] >= _UNITS_FOR_INTERVAL * limits.units)
    return scores.assign(
        shown=enough & inside,
        value=value,
        low=np.floor(scores["score"] - half).clip(lower=0),
        high=np.ceil(scores["score"] + half).clip(upper=100),
    ).drop(columns=["score", "standard_error"])


def _differences(
    comparisons: pd.DataFrame, scores: pd.DataFrame, study: Study
) -> Iterator[pd.DataFrame]:
    """Each family's differences of published means, in a table of its own.

    The groups' table holds family A, or B where no groups are matched; B of a matched study is
    exploratory and stands apart.
    """
    confirmatory = "A" if study.is_matched else "B"
    for table, family, key in (
        ("differences_by_group", confirmatory, "group"),
        ("differences_exploratory", "B" if study.is_matched else "", "group"),
        ("differences_by_district", "C", "district"),
        ("differences_by_side", "D", "side"),
    ):
        rows = comparisons[comparisons["family"] == family]
        means = _side_levels(scores, study) if key == "side" else _levels(scores, key)
        yield _shown_differences(table, rows, means, key, study)


def _shown_differences(
    table: str, rows: pd.DataFrame, means: pd.DataFrame, key: str, study: Study
) -> pd.DataFrame:
    """Rule 4: a difference tells no more than the means beside it, its limits are rounded outward.

    Where the limits belong to a difference that was adjusted for districts, they are widened to
    hold the one that is shown. Limits, p and what follows from the spread need as many units as
    the interval of a mean does.
    """
    a, b = (_looked_up(means, rows, f"group_{side}") for side in "ab")
    value = a["value"].to_numpy(dtype=float) - b["value"].to_numpy(dtype=float)
    estimable = rows["estimate"].notna().to_numpy()
    fewest = rows[["n_a", "n_b"]].min(axis=1).to_numpy()
    least = _UNITS_FOR_INTERVAL * study.thresholds.units
    spread_shown = (rows["family"] != "B").to_numpy() | (fewest >= least)
    part = pd.DataFrame(
        {
            "family": rows["family"].to_numpy(),
            "dimension": rows["dimension"].to_numpy(),
            key: rows["group_a"].to_numpy(),
            "versus": rows["group_b"].to_numpy(),
            "value": value.round(),
            "low": np.minimum(np.floor(rows["low"].to_numpy(dtype=float)), value.round()),
            "high": np.maximum(np.ceil(rows["high"].to_numpy(dtype=float)), value.round()),
            "units": fewest,
            "p_adjusted": rows["p_adjusted"].to_numpy(),
            "mdd": np.ceil(rows["mdd"].to_numpy(dtype=float)),
        }
    )
    part.loc[~spread_shown, ["low", "high", "p_adjusted", "mdd"]] = np.nan
    shown = (a["shown"] == True).to_numpy() & (b["shown"] == True).to_numpy()  # noqa: E712
    note = np.where(estimable, "", rows["method"].to_numpy())
    return _row_frame(table, part, statistic="difference", note=note, shown=shown & estimable)


def _levels(scores: pd.DataFrame, key: str) -> pd.DataFrame:
    means = scores[scores["table"] == f"scores_by_{key}"]
    return means.set_index(["dimension", key])[["value", "shown"]]


def _side_levels(scores: pd.DataFrame, study: Study) -> pd.DataFrame:
    """What readers can work out of the groups' published means for either side."""
    matched = scores[
        (scores["table"] == "scores_by_group") & scores["group"].isin(study.matched_groups)
    ]
    side = matched["group"].map({key: group.side for key, group in study.groups.items()})
    return matched.groupby(["dimension", side.rename("side")]).agg(
        value=("value", "mean"), shown=("shown", "all")
    )


def _looked_up(means: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    wanted = pd.MultiIndex.from_frame(rows[["dimension", column]])
    return means[["value", "shown"]].reindex(wanted)


# --- how well the items go together, and what would change the conclusions -----------------------


def _reliabilities(reliability: Reliability, study: Study) -> pd.DataFrame:
    """Alpha with its limits, omega, and how many respondents complete answers keep and lose.

    They are about everybody who was asked, and of two decimals.
    """
    rows = reliability.dimensions
    base = {"dimension": rows["dimension"], "units": rows["items"], "respondents": rows["n"]}
    alpha = pd.DataFrame(
        {
            **base,
            "value": rows["alpha"].astype(float).round(2),
            "low": np.floor(rows["low"].astype(float) * 100) / 100,
            "high": np.ceil(rows["high"].astype(float) * 100) / 100,
            "note": rows["note"].where(rows["alpha"].isna(), ""),
            "statistic": "alpha",
        }
    )
    omega = pd.DataFrame(
        {
            **base,
            "value": rows["omega"].astype(float).round(2),
            "note": rows["note"].fillna(""),
            "statistic": "omega",
        }
    )
    lost = pd.DataFrame({**base, "value": rows["lost"], "note": "", "statistic": "lost"})
    table = pd.concat([alpha, omega, lost], ignore_index=True)
    shown = (table["respondents"] >= study.thresholds.answers) & table["value"].notna()
    return _row_frame("reliability", table, note=table["note"].fillna(""), shown=shown)


def _robust(
    robustness: Robustness, differences: pd.DataFrame, scores: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """How many runs of each kind leave a shown conclusion as it is, and the districts' bands.

    Neither what a run left out nor a district's rank is told.
    """
    told = robustness.conclusions.rename(
        columns={"group_a": "group", "group_b": "versus", "run": "statistic"}
    )
    keys = ["family", "dimension", "group", "versus"]
    counts = (
        told.assign(value=told["survives"] * told["runs"])
        .groupby([*keys, "statistic"], sort=False, as_index=False)[["value", "runs"]]
        .sum()
    )
    shown = differences.assign(group=differences["group"].fillna(differences["side"]))
    counts = counts.merge(shown[[*keys, "shown"]], on=keys)
    side = counts["family"] == "D"
    counts = counts.assign(
        value=counts["value"].round(),
        side=counts["group"].where(side),
        group=counts["group"].mask(side),
    )
    yield _row_frame("robustness", counts, shown=counts["shown"])
    index = scores[(scores["table"] == "scores_by_district") & (scores["dimension"] == INDEX)]
    bands = robustness.bands.rename(columns={"band": "value"})[["district", "value"]]
    bands = bands.merge(index[["district", "shown"]], on="district")
    yield _row_frame("district_bands", bands, statistic="band", shown=bands["shown"])


# --- answers to single questions ----------------------------------------------------------------


def _answers(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Counts of answers over everybody, by group and by district, of every question with choices.

    Field-work roles such as sex and mode are shown over everybody only; a question that not every
    group was asked is not shown by district, where it would show that group.
    """
    everyone = cleaned.responses["group"].nunique()
    roles = set(study.roles.named().values())
    for name in question_columns(cleaned.responses):
        question = questionnaire[name]
        if not question.choices:
            continue
        counts = _counts(cleaned, question, [])
        yield _with_percent(_shown_answers("answers", counts, study, cell=[]), cleaned, study)
        asked = cleaned.responses["group"][cleaned.states[name] != NOT_ASKED].nunique()
        parts = ("group", "district") if asked == everyone else ("group",)
        for key in () if name in roles else parts:
            counts = _counts(cleaned, question, [key])
            yield _shown_answers(f"answers_by_{key}", counts, study, cell=[key])


def _with_percent(counts: pd.DataFrame, cleaned: Cleaned, study: Study) -> pd.DataFrame:
    """With percentages and limits where these are precise, over everybody; see `percentages`."""
    if counts.empty:
        return counts
    found = [_percentage(row, cleaned, study) for row in counts.itertuples()]
    precise = np.array([one.is_precise for one in found])
    return counts.assign(
        percent=np.where(precise, [round(100 * one.share, 1) for one in found], np.nan),
        low=np.where(precise, [np.floor(1000 * one.low) / 10 for one in found], np.nan),
        high=np.where(precise, [np.ceil(1000 * one.high) / 10 for one in found], np.nan),
    )


def _percentage(row: Any, cleaned: Cleaned, study: Study) -> Percentage:
    """As if a random sample; of weights and clusters where the study has such."""
    clustered = study.roles.unit is not None and not study.is_matched
    if study.roles.weight is None and not clustered:
        return percentage(int(row.value), int(row.respondents))
    answered = cleaned.responses[cleaned.states[row.question] == ANSWERED]
    if row.kind == "select_multiple":
        given = answered[row.question].str.get_dummies(sep=" ").get(row.answer, 0) == 1
    else:
        given = answered[row.question] == row.answer
    stratified = study.design.strata == "district"
    return survey_percentage(
        np.broadcast_to(given, len(answered)).astype(float),
        answered["weight"].to_numpy(),
        answered["unit"] if clustered else answered["respondent"],
        answered["district"] if stratified else pd.Series("", index=answered.index),
    )


def _counts(cleaned: Cleaned, question: Question, keys: list[str]) -> pd.DataFrame:
    """Question, keys, answer, value (how many gave it), respondents (how many answered)."""
    answered = cleaned.states[question.name] == ANSWERED
    given = cleaned.responses.loc[answered, [*keys, question.name]].assign(everyone="")
    if given.empty:
        return pd.DataFrame(columns=[*keys, "question", "answer", "value", "respondents"])
    if question.kind == "select_multiple":
        ticked = given[question.name].str.get_dummies(sep=" ")
    else:
        ticked = pd.get_dummies(given[question.name])
    ticked = ticked.reindex(columns=list(question.choice_names), fill_value=0).astype(int)
    grouped = ticked.groupby([given[key] for key in ["everyone", *keys]], sort=False)
    wide = grouped.sum().assign(respondents=grouped.size()).reset_index()
    counts = wide.melt([*keys, "everyone", "respondents"], var_name="answer")
    return counts.assign(question=question.name, kind=question.kind)


def _shown_answers(
    table: str, counts: pd.DataFrame, study: Study, *, cell: list[str]
) -> pd.DataFrame:
    """Rules 1 and 3, then one more cell withheld where a single one could be worked out."""
    if counts.empty:
        return counts
    enough = counts["respondents"] >= study.thresholds.answers
    everyone = counts["value"] == counts["respondents"]
    unanimous = (
        everyone.groupby([counts[key] for key in cell]).transform("any")
        if cell
        else (pd.Series(everyone.any(), index=counts.index))
    )
    several = counts["kind"] == "select_multiple"
    # Each choice of a select_multiple is a yes-or-no question of its own.
    nobody_or_all = everyone | (counts["value"] == 0)
    shown = enough & ~np.where(several, nobody_or_all, unanimous)
    counts = counts.assign(shown=shown)
    if cell:
        counts = _with_company(counts, study, key=cell[0])
    return _row_frame(table, counts, statistic="count", shown=counts["shown"])


def _with_company(counts: pd.DataFrame, study: Study, *, key: str) -> pd.DataFrame:
    """Withholds the smallest further cells until those withheld together have a large enough base.

    What is withheld can be worked out as the total minus what is shown; that difference must
    itself be two cells and `thresholds.answers` respondents.
    """
    parts = []
    for _, rows in counts.groupby("answer", sort=False):
        rows = rows.sort_values("respondents", kind="stable")
        hidden = ~rows["shown"].to_numpy()
        bases = rows["respondents"].to_numpy()
        while hidden.any() and not hidden.all():
            if hidden.sum() >= 2 and bases[hidden].sum() >= study.thresholds.answers:
                break
            hidden[np.flatnonzero(~hidden)[0]] = True
        parts.append(rows.assign(shown=~hidden))
    together = pd.concat(parts).sort_index()
    if (counts["kind"] == "select_multiple").any():
        return together
    # Answers of one cell add up to its base: they are shown together or not at all.
    whole = together.groupby(key)["shown"].transform("all")
    return together.assign(shown=whole)


def _not_knowing(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Per dimension, over everybody: answers asked for, given, not known, refused, left out."""
    rows = []
    for dimension in questionnaire.dimensions:
        names = [item.name for item in questionnaire.items(dimension)]
        states, answers = cleaned.states[names], cleaned.responses[names]
        counts: dict[str, int] = {
            kind: int(answers.isin(codes).to_numpy().sum()) for kind, codes in study.missing.items()
        }
        counts["asked"] = int((states != NOT_ASKED).to_numpy().sum())
        counts["answered"] = int((states == ANSWERED).to_numpy().sum())
        people = int((states != NOT_ASKED).any(axis=1).sum())
        rows += [
            {"dimension": dimension, "statistic": name, "value": count, "respondents": people}
            for name, count in counts.items()
        ]
    table = _row_frame("not_knowing", pd.DataFrame(rows))
    return table.assign(shown=table["respondents"] >= study.thresholds.answers)

"""Draw the answers of the accepted respondents, one text column per question.

Scored answers come from a Gaussian copula. A latent standard normal variable is the sum of
components for place, unit, respondent, dimension and item, with the variance shares of the design;
it determines the quantile of the item's distribution (`truth.item_probabilities`). The shares add
up to 1, so the marginal distributions are exact whatever components people share.

Each draw has its own stream of random numbers, named after what is drawn: adding a question to the
form does not change the answers to the other questions.
"""

import zlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from umid_research.errors import StudyError
from umid_research.simulate.design import ALL, FILE, Design, Quota, Texts
from umid_research.simulate.roster import roster
from umid_research.simulate.truth import item_probabilities
from umid_research.study import District, Group, Study
from umid_research.study.evaluation import evaluate
from umid_research.study.questionnaire import Question, Questionnaire

_NONE = "none"


def stream(study: Study, name: str) -> np.random.Generator:
    """Return the random generator for the draw with this name."""
    return np.random.default_rng([study.seed, zlib.crc32(name.encode())])


def simulated_answers(design: Design, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the answers of the roster to every question; "" if not asked or not answered."""
    people = roster(design, study)
    scored = scored_answers(people, design, questionnaire, study)
    fixed = _fixed_answers(people, study)
    drawn = {
        question.name: scored[question.name]
        if question.dimension
        else _described_answer(question, people, fixed, design, study)
        for question in questionnaire
    }
    answers = pd.DataFrame(drawn, index=people.index)
    for question in questionnaire:
        asked = is_asked(question, answers)
        answers[question.name] = answers[question.name].where(asked, "")
        without = people["group"][asked & (answers[question.name] == "")]
        if question.dimension and not without.empty:
            raise StudyError(
                f"a group is asked {question.name!r} and has no target",
                where=f"{FILE}, entry targets.{question.dimension}",
                found=without.iloc[0],
                possible=[f"{without.iloc[0]} = score from 0 to 100"],
            )
    return answers


def is_asked(question: Question, answers: pd.DataFrame) -> pd.Series:
    """Return whether the form asks each respondent the question."""
    asked = pd.Series(True, index=answers.index)
    for condition in question.relevant:
        asked &= evaluate(condition, answers)
    return asked


# --- scored questions ---------------------------------------------------------------------------


def scored_answers(
    people: pd.DataFrame, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return the answers of `people` (a roster) to all scored questions; "" without a target."""
    return pd.DataFrame(
        {
            item.name: _scored_answer(item, dimension, people, design, study)
            for dimension in questionnaire.dimensions
            for item in questionnaire.items(dimension)
        },
        index=people.index,
    )


def _scored_answer(
    item: Question, dimension: str, people: pd.DataFrame, design: Design, study: Study
) -> pd.Series:
    probabilities = item_probabilities(item, dimension, design, study)
    cells = pd.MultiIndex.from_frame(people[["group", "district"]])
    ceilings = probabilities.cumsum(axis=1).reindex(cells).to_numpy()
    level = ndtr(_latent(people, dimension, item.name, design, study))
    place = (level[:, np.newaxis] > ceilings[:, :-1]).sum(axis=1)
    answer = pd.Series(probabilities.columns.to_numpy()[place], index=people.index)
    uniform, floor = (
        stream(study, f"missing {item.name}").random(len(people)),
        np.zeros(len(people)),
    )
    for code in design.missing.get(dimension, {}):
        shares = {group: design.missing_shares(dimension, group)[code] for group in study.groups}
        ceiling = floor + people["group"].map(shares).to_numpy()
        answer = answer.mask((floor <= uniform) & (uniform < ceiling), code)
        floor = ceiling
    return answer.mask(np.isnan(ceilings).any(axis=1), "")


def _latent(
    people: pd.DataFrame, dimension: str, item: str, design: Design, study: Study
) -> np.ndarray:
    """Return a standard normal per respondent, correlated by the shares of `design.variance`."""
    person = people.index.to_series()
    share = design.variance
    components = (
        (share.place, "place", people["place"]),
        (share.unit, "unit", people["unit"]),
        (share.respondent, "respondent", person),
        (share.dimension, f"dimension {dimension}", person),
        (share.item, f"item {item}", person),
    )
    return np.sum([np.sqrt(part) * _normal(study, *who) for part, *who in components], axis=0)


def _normal(study: Study, name: str, who: pd.Series) -> np.ndarray:
    """Return a standard normal per row, the same for equal values of `who`."""
    codes, different = pd.factorize(who)
    return ndtri(stream(study, name).random(len(different)))[codes]


# --- questions that are not scored --------------------------------------------------------------


def _fixed_answers(people: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the answers that the roster determines: district, group, locality and consent."""
    roles = study.roles
    fixed = people.drop(columns=["group", "district", "locality", "place", "unit"])
    fixed = fixed.assign(
        **{
            roles.district: people["district"].map(_codes(study.districts)),
            roles.group: people["group"].map(_codes(study.groups)),
        }
    )
    if roles.locality:
        fixed[roles.locality] = people["locality"]
    if roles.consent:
        fixed[roles.consent] = study.consent_given[0]
    return fixed


def _codes(entries: Mapping[str, District] | Mapping[str, Group]) -> dict[str, str]:
    return {key: entry.code for key, entry in entries.items()}


def _described_answer(
    question: Question, people: pd.DataFrame, fixed: pd.DataFrame, design: Design, study: Study
) -> pd.Series:
    name = question.name
    if name in fixed:
        return fixed[name]
    if name in design.quota:
        return _by_quota(name, design.quota[name], people, design, study)
    if name in design.texts:
        return _written(name, design.texts[name], people, study)
    if name not in design.answers:
        raise StudyError(
            "says nothing about a question",
            where=FILE,
            found=name,
            possible=[f"[{kind}.{name}]" for kind in ("answers", "quota", "texts")],
        )
    shares = _shares(question, people, design, study)
    choose = _chosen if question.kind == "select_one" else _ticked
    return choose(question, shares, study)


def _by_quota(
    name: str, quota: Quota, people: pd.DataFrame, design: Design, study: Study
) -> pd.Series:
    """Assign exact counts of each choice; the first choices go to those who lean to them most."""
    if sum(quota.counts.values()) != len(people):
        raise StudyError(
            "the counts must add up to the number of respondents",
            where=f"{FILE}, entry quota.{name}",
            found=sum(quota.counts.values()),
            possible=[len(people)],
        )
    noise = (
        _latent(people, quota.dimension, name, design, study)
        if quota.dimension
        else _normal(study, f"quota {name}", people.index.to_series())
    )
    leaning = people["group"].map(quota.lean).fillna(0) + noise
    ranked = leaning.sort_values(ascending=False, kind="stable").index
    return pd.Series(np.repeat([*quota.counts], [*quota.counts.values()]), index=ranked)


def _written(name: str, texts: Texts, people: pd.DataFrame, study: Study) -> pd.Series:
    writes = stream(study, f"writes {name}").random(len(people)) < texts.share
    which = stream(study, f"text {name}").random(len(people)) * len(texts.pool)
    text = np.array(texts.pool)[which.astype(int)]
    return pd.Series(np.where(writes, text, ""), index=people.index)


def _shares(question: Question, people: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    """Return the share of every choice in each respondent's group."""
    known = design.answers[question.name]
    by_group = pd.DataFrame([known.get(group, known[ALL]) for group in study.groups])
    by_group.index = pd.Index(study.groups)
    by_group = by_group.reindex(columns=list(question.choice_names)).fillna(0)
    return by_group.loc[people["group"]].set_axis(people.index, axis=0)


def _chosen(question: Question, shares: pd.DataFrame, study: Study) -> pd.Series:
    ceilings = shares.cumsum(axis=1).to_numpy()
    uniform = stream(study, f"answer {question.name}").random(len(shares)) * ceilings[:, -1]
    place = (uniform[:, np.newaxis] >= ceilings[:, :-1]).sum(axis=1)
    return pd.Series(shares.columns.to_numpy()[place], index=shares.index)


def _ticked(question: Question, shares: pd.DataFrame, study: Study) -> pd.Series:
    """Return codes joined by a space; an empty selection becomes `none` or the likeliest choice."""
    joined = pd.Series("", index=shares.index)
    for choice in question.choice_names:
        uniform = stream(study, f"answer {question.name}/{choice}").random(len(shares))
        joined = joined.where(uniform >= shares[choice], joined + " " + choice)
    otherwise = _NONE if _NONE in question.choice_names else shares.idxmax(axis=1)
    return joined.str.strip().mask(joined == "", otherwise)

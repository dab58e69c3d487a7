"""Percentages of members: limits count submissions and units, never members."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from households import household_study, with_form, workbook
from scipy import stats
from small_study import derive, small_export

from umid_research.analysis.members import member_answers, member_percentage
from umid_research.clean import Cleaned
from umid_research.disclosure.derived import follow_members
from umid_research.disclosure.frame import as_published
from umid_research.disclosure.rules.members import member_rows
from umid_research.disclosure.tables import read_published
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

# `job` has five choices: 1, 2, 3, 4, 5, and two codes of missing answers.
GROUP = """| | begin_repeat | people | Household members | ${aware} = 'yes' | | |
| | select_one five | job | Which job? | | | |
| | select_multiple channel | media | Which media? | ${job} != '1' | | |
| | end_repeat | | | | | |
"""


@pytest.fixture
def form(tmp_path):
    """The questionnaire and the study with a repeated group of two questions."""
    folder = household_study(tmp_path / "form", form=with_form(GROUP))
    study = read_study(folder)
    return read_questionnaire(folder, study), study


def _cleaned(households: list[str], *, question: str = "job", units: int | None = None) -> Cleaned:
    """Households with these answers of their members, one letter each, each in a place of its own.

    With `units`, the households are spread over so many places.
    """
    index = range(len(households))
    ids = [f"h{place}" for place in index]
    responses = pd.DataFrame(
        {
            "respondent": ids,
            "unit": [f"u{place % (units or len(households))}" for place in index],
            "district": "north",
            "weight": 1.0,
        }
    )
    rows = [
        {"respondent": one, "position": place + 1, question: given.replace("+", " ")}
        for one, house in zip(ids, households, strict=True)
        for place, given in enumerate(house.split(","))
        if given
    ]
    answers = pd.DataFrame(rows)
    blank = pd.DataFrame()
    states = answers.assign(**{question: "answered"})
    return Cleaned(
        responses, blank, blank, blank, {"people": Cleaned(answers, states, blank, blank)}
    )


def _rows(cleaned: Cleaned, form) -> pd.DataFrame:
    questionnaire, study = form
    (rows,) = member_rows(cleaned, questionnaire, study)
    return rows.set_index("answer")


def _shown(cleaned: Cleaned, form) -> set[str]:
    rows = _rows(cleaned, form)
    return set(rows.index[rows["shown"]])


ALL = {"1", "2", "3", "4", "5", "dk", "ref"}


def test_a_percentage_is_one_of_members_with_submissions_as_clusters(form) -> None:
    """120 households of three who all answer alike, half of them `1`.

    They say as much as 118 people: 59 of 118 gives 40.7 to 59.3 (Clopper and Pearson). 360 people
    who are independent would give 44.7 to 55.3.
    """
    rows = _rows(_cleaned(["1,1,1", "2,2,2"] * 60), form)

    one = rows.loc["1"]
    assert (50, 120) == (one["percent"], one["respondents"])
    assert (40, 60) == (one["low"], one["high"])
    assert [0] == rows.loc[["3", "4", "5", "dk", "ref"], "percent"].unique().tolist()


def test_the_variance_is_that_of_another_library(form) -> None:
    """Statsmodels: the mean as a regression on a constant, with errors clustered by household."""
    random = np.random.default_rng(1)
    houses = [
        ",".join(random.choice(["1", "2"], size=size, p=[share, 1 - share]))
        for size in random.integers(1, 7, size=60)
        for share in [random.uniform(0.2, 0.8)]
    ]
    questionnaire, study = form
    study = study.model_copy(update={"roles": study.roles.model_copy(update={"unit": None})})
    answers = member_answers(_cleaned(houses), "people", questionnaire.repeats[0].members["job"])

    found = member_percentage(answers, "1", study)

    given = answers["1"].to_numpy(dtype=float)
    house = pd.factorize(answers["respondent"])[0]
    fitted = sm.OLS(given, np.ones(len(given))).fit(cov_type="cluster", cov_kwds={"groups": house})
    share, variance = given.mean(), float(fitted.cov_params()[0][0])
    quantiles = stats.t.ppf(0.975, [len(given) - 1, 59])
    expected = share * (1 - share) / variance * (quantiles[0] / quantiles[1]) ** 2
    assert (share, 59) == (pytest.approx(found.share), found.df)
    assert pytest.approx(min(expected, len(given))) == found.n
    assert found.n < len(given)


@pytest.mark.parametrize(
    ("households", "units", "shown"),
    [
        (["1,2"] * 10, None, ALL),
        (["1,2"] * 9, None, set()),  # a question needs ten households, however many members
        (["1,2,1,2,1,2,1,2"] * 9, None, set()),
        (["1,2"] * 20, 2, set()),  # and three places
        (["1,2"] * 20, 3, ALL),
        (["1,1"] * 20, None, set()),  # unanimous
        # Four households are too few; another answer goes, so that theirs cannot be worked out.
        (["1,2"] * 10 + ["3"] * 4 + ["2"] * 4, None, ALL - {"3", "1"}),
        (["1,2"] * 10 + ["3"] * 5 + ["2"] * 4, None, ALL),
        # One household with many members is one household.
        (["1,2"] * 20 + ["2"] + ["3,3,3,3,3,3,3,3,3"], None, ALL - {"3", "1"}),
        # Four small households could work out how many members the fifth has.
        (["1,2"] * 20 + ["3"] * 4 + [",".join("3" * 41)] + ["2"], None, ALL - {"3", "1"}),
        (["1,2"] * 20 + ["3"] * 4 + [",".join("3" * 20)] + ["2"], None, ALL),
    ],
)
def test_limits_count_households_and_places(form, households, units, shown) -> None:
    """An answer needs five households of three places, and so do all other answers together."""
    assert shown == _shown(_cleaned(households, units=units), form)


def test_each_choice_of_several_is_judged_by_itself(form) -> None:
    """That nobody chose it, or everybody, is a unanimous answer."""
    cleaned = _cleaned(["tv,tv+web"] * 6 + ["tv"] * 6, question="media")
    assert {"web"} == _shown(cleaned, form)
    assert set() == _shown(_cleaned(["tv"] * 12, question="media"), form)


def test_what_is_withheld_is_never_the_secret_of_few_households(form) -> None:
    """In 60 random studies, whatever is left of 100 % is that of five households or of nobody."""
    random = np.random.default_rng(7)
    partly = 0
    for _ in range(60):
        shares = random.dirichlet([0.5] * 5)
        houses = [
            ",".join(random.choice(list("12345"), size=size, p=shares))
            for size in random.geometric(0.3, size=random.integers(8, 40))
        ]
        shown = _shown(_cleaned(houses), form)
        given = {answer: [set(h.split(",")) & {answer} for h in houses] for answer in "12345"}
        hidden = [answer for answer in "12345" if answer not in shown and any(given[answer])]
        holders = sum(
            any(given[answer][place] for answer in hidden) for place in range(len(houses))
        )
        assert not hidden or (len(hidden) >= 2 and holders >= 5) or not shown & set("12345")
        for answer in shown & set("12345"):
            assert sum(map(bool, given[answer])) >= 5 or not any(given[answer])
        partly += bool(hidden) and bool(shown)
    assert partly > 8


@pytest.mark.parametrize(("table", "question"), [("answers", "aware"), ("members", "job")])
def test_questions_asked_after_a_withheld_answer_are_withheld(form, table, question) -> None:
    """How many households have such members would reveal how many gave that answer."""
    questionnaire, _ = form
    rows = pd.DataFrame(
        [
            {"table": table, "question": question, "answer": "x", "shown": False},
            {"table": "members", "question": "media", "answer": "tv", "percent": 40.0},
        ]
    )
    rows = rows.assign(verdict="", reason="")
    published = as_published([rows.fillna({"shown": True})])

    follow_members(published, questionnaire)

    assert [False, False] == published["shown"].tolist()
    assert published["percent"].isna().all()


def test_members_are_published_for_a_study_that_has_them(write_study, tmp_path) -> None:
    """From the export on: 60 households of two, of whom both, one or none say `2`."""
    export = pd.concat([small_export()] * 8, ignore_index=True)
    export["_uuid"] = [f"uuid-{number}" for number in range(80)]
    export["aware"], export["channels"] = ["yes", "yes", "yes", "no"] * 20, ""
    parents = [n for n in range(80) if n % 4 < 3 for _ in range(2)]
    jobs = [*"222333"] * 20
    members = pd.DataFrame({"job": jobs, "media": "", "parent": parents})
    folder = household_study(write_study(), form=with_form(GROUP))
    workbook(folder, members, export)
    derive(folder, tmp_path / "processed")

    rows = read_published(tmp_path / "processed")["members"].set_index("answer")

    assert {"2": 50, "3": 50} == rows["percent"].dropna().loc[["2", "3"]].to_dict()
    assert [60] == rows["submissions"].unique().tolist()


def test_a_study_without_repeated_groups_has_no_such_table(write_study, tmp_path) -> None:
    """Neither rows nor a file."""
    derive(write_study(), tmp_path)

    assert not (tmp_path / "published" / "members.csv").exists()
    assert read_published(tmp_path)["members"].empty


@pytest.mark.parametrize("strata", ["district", None])
def test_each_stratum_takes_a_degree_of_freedom(form, strata) -> None:
    """All members of north say 1, none of south does: 40 households less one per stratum."""
    questionnaire, study = form
    study = study.model_copy(update={"design": study.design.model_copy(update={"strata": strata})})
    cleaned = _cleaned(["1"] * 20 + ["2"] * 20)
    districts = ["north"] * 20 + ["south"] * 20
    cleaned = replace(cleaned, responses=cleaned.responses.assign(district=districts))
    answers = member_answers(cleaned, "people", questionnaire.repeats[0].members["job"])

    found = member_percentage(answers, "1", study)

    assert 0.5 == found.share
    assert (38 if strata else 39) == found.df

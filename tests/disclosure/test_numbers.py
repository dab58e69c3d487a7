"""Numbers such as ages: what is withheld, by hand and against an attacker's subtractions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY

from umid_research.clean import clean_responses
from umid_research.disclosure.rules.numbers import is_dominated, number_rows, two_digits
from umid_research.disclosure.suppression import protect

MIXED = [20, 25, 30, 35, 40, 45, 50, 55, 60, 65]
STATISTICS = {"lower_quartile", "median", "upper_quartile", "mean"}


def _export(ages: dict[str, list[float]], **columns: list[str]) -> pd.DataFrame:
    """Interviews of people (p), offices (o) and NGOs (g) with these ages."""
    rows = [
        {
            "consent": "yes",
            "place": "ns"[place % 2],
            "kind": kind,
            "village": "" if kind == "g" else ("n1", "s1", "n2", "s2")[place % 4],
            "organisation": f"Helpers {place}" if kind == "g" else "",
            "aware": "no" if place % 3 else "yes",
            "trust_1": "1234"[place % 4],
            "duty": "45"[place % 2] if kind == "o" else "",
            "age": f"{age:g}",
        }
        for kind, numbers in ages.items()
        for place, age in enumerate(numbers)
    ]
    table = pd.DataFrame(rows).assign(**columns)
    others = ["channels", "trust_2", "trust_3", "proposal"]
    given = table.reindex(columns=[*table.columns, *others], fill_value="")
    return given.assign(_uuid=[f"u{n}" for n in range(len(table))], __version__="v1")


@pytest.fixture
def numbers(read_all):
    """The rows of numbers, by group ("all" for everybody) and statistic."""

    def rows(ages: dict[str, list[float]], *, study: str = STUDY, **columns: list[str]):
        read, form, raw = read_all(study=study, export=_export(ages, **columns))
        cleaned = clean_responses(raw, form, read, key="k" * 16)
        (found,) = number_rows(cleaned, form, read)
        return found.assign(group=found["group"].fillna("all")).set_index(["group", "statistic"])

    return rows


def _shown(rows: pd.DataFrame, statistic: str) -> set[str]:
    own = rows.xs(statistic, level="statistic")
    return set(own.index[own["shown"]])


def test_numbers_have_two_significant_digits(numbers) -> None:
    """By hand: the mean of 11 incomes is 1,343.6, their median 1,234."""
    incomes = [512, 640, 777, 801, 990, 1234, 1499, 1500, 1777, 2000, 3050]
    rows = numbers({"p": incomes})["value"]["people"]

    assert {"lower_quartile": 780, "median": 1200, "upper_quartile": 1800, "mean": 1300} == dict(
        rows
    )
    assert [0.057, -12, 0, 100] == [two_digits(x) for x in (0.0567, -12.4, 0, 99.7)]


def test_a_summary_needs_ten_answers(numbers) -> None:
    """A quartile of nine is the answer of one person."""
    assert {"all", "people"} == _shown(numbers({"p": MIXED}), "median")
    assert set() == _shown(numbers({"p": MIXED[:9]}), "median")


def test_a_higher_threshold_of_the_study_holds_for_numbers_too(numbers) -> None:
    """With `answers = 11` ten are too few; a lower one changes nothing."""
    eleven, two = (f"{STUDY}\n[thresholds]\nanswers = {least}\n" for least in (11, 2))

    assert set() == _shown(numbers({"p": MIXED}, study=eleven), "median")
    assert set() == _shown(numbers({"p": MIXED[:9]}, study=two), "median")


def test_numbers_are_shown_over_everybody_and_by_group_never_by_district(numbers) -> None:
    """No row has a district, and neither the smallest nor the largest answer is there."""
    rows = numbers({"p": MIXED, "o": MIXED})

    assert "district" not in rows
    assert {"all", "people", "office"} == set(rows.index.get_level_values("group"))
    assert STATISTICS == set(rows.index.get_level_values("statistic"))
    assert {20, 65}.isdisjoint(rows["value"])


@pytest.mark.parametrize("ages", [[40] * 12, [40] * 11 + [41]])
def test_what_nearly_everybody_gave_is_withheld(numbers, ages) -> None:
    """Quartiles and mean printed as 40 would tell everybody's age."""
    assert set() == _shown(numbers({"p": ages}), "median")
    assert {"all", "people"} == _shown(numbers({"p": [*ages[:-1], 70, 71]}), "mean")


def test_a_mean_that_reveals_the_largest_answer_is_withheld(numbers) -> None:
    """2,000 beside incomes that add up to 160: the second largest, 20, misses it by 140 < 200."""
    incomes = [*[10] * 3, *[15] * 2, *[20] * 5, 2000]
    rows = numbers({"p": incomes})

    assert sum(incomes[:-1]) == 160
    assert set() == _shown(rows, "mean")
    assert {"all", "people"} == _shown(rows, "median")


@pytest.mark.parametrize(("largest", "is_withheld"), [(1399, False), (1400, False), (1401, True)])
def test_the_p_percent_rule_begins_below_ten_percent(largest, is_withheld) -> None:
    """The others add up to 140; ten percent of 1,400 are 140, so the error is just enough."""
    values = [10, 10, 10, 15, 15, 20, 20, 20, 20, 20, largest]

    assert is_withheld == is_dominated(pd.DataFrame({"value": values, "weight": 1.0}))


def test_the_p_percent_rule_takes_weighted_answers_and_sizes() -> None:
    """A loss dominates as a profit does; a weight of 100 makes one of equals dominate."""
    values = [*[10.0] * 10, -2000.0]
    weights = np.array([*[1.0] * 10, 100.0])

    assert is_dominated(pd.DataFrame({"value": values, "weight": 1.0}))
    assert not is_dominated(pd.DataFrame({"value": [10.0] * 11, "weight": 1.0}))
    assert not is_dominated(pd.DataFrame({"value": [*[-10.0] * 10, 5], "weight": 1.0}))
    assert is_dominated(pd.DataFrame({"value": [10.0] * 11, "weight": weights}))


def test_a_group_is_not_withheld_alone(numbers) -> None:
    """Of 33 people less 30 in two groups, three would remain; so the smaller group goes as well."""
    rows = numbers({"p": [*MIXED, *MIXED], "o": MIXED, "g": [31, 42, 77]})

    assert {"all", "people"} == _shown(rows, "median")
    assert {"all", "people"} == _shown(rows, "mean")


def test_the_mean_of_everybody_goes_where_it_reveals_those_withheld(numbers) -> None:
    """Offices and NGOs are withheld; one NGO earns nearly all that they earn together."""
    rows = numbers({"p": [900 + 10 * n for n in range(40)], "o": [3] * 10, "g": [2, 1, 1600]})

    assert {"people"} == _shown(rows, "mean")
    assert {"all", "people"} == _shown(rows, "median")


def test_the_mean_of_everybody_goes_where_those_withheld_gave_the_same(numbers) -> None:
    """The sum less that of people would say that offices and NGOs gave 40."""
    rows = numbers({"p": MIXED, "o": [40] * 10, "g": [40] * 10})

    assert {"people"} == _shown(rows, "mean")
    assert {"all", "people"} == _shown(rows, "median")


def test_no_difference_of_published_numbers_is_about_too_few(numbers) -> None:
    """An attacker subtracts the shown groups from everybody, in 40 random studies.

    What is left is nobody, or at least ten people of two groups of whom none dominates.
    """
    rng = np.random.default_rng(7)
    hidden = 0
    for _ in range(40):
        sizes = rng.integers(1, 16, 3)
        ages = {
            kind: list(np.ceil(rng.lognormal(3, rng.choice([0.3, 2.5]), size)))
            for kind, size in zip("pog", sizes, strict=True)
        }
        shown = _shown(numbers(ages), "mean")
        names = {"p": "people", "o": "office", "g": "ngo"}
        left = [kind for kind in ages if names[kind] not in shown]
        hidden += bool(left)
        if left and "all" in shown:
            together = sorted(itertools.chain(*(ages[kind] for kind in left)), reverse=True)
            assert len(left) >= 2
            assert len(together) >= 10
            assert sum(together[2:]) >= together[0] / 10
    assert hidden >= 10


ASKED_AFTER = QUESTIONNAIRE.replace(
    "| | integer | age | How old are you? | | | |",
    "| | integer | age | How old are you? | ${aware} = 'yes' | | |",
)


@pytest.mark.parametrize(
    ("unaware", "expected"), [("", {"all", "people", "office"}), ("o", {"all"})]
)
def test_a_number_asked_after_a_withheld_answer_is_withheld(case, unaware, expected) -> None:
    """Everybody in offices knows the plan, which is withheld; how many told their age says so.

    The total less the other groups would say it, too.
    """
    ages = {"p": [*MIXED, *MIXED], "o": [*MIXED, *MIXED]}
    aware = ["no", *["yes"] * 19, "no", *["yes"] * 19]
    if unaware:
        aware[20] = "yes"
    table = _export(ages, aware=aware)
    table["age"] = table["age"].where(table["aware"] == "yes", "")
    small = case(questionnaire=ASKED_AFTER, export=table)
    published = protect(small.publish(), *small.inputs)
    rows = published[(published["table"] == "numbers") & published["shown"]]

    assert expected == set(rows["group"].fillna("all"))


def test_withheld_numbers_look_like_all_that_is_withheld(case) -> None:
    """No value, no base and no reason is left."""
    small = case(export=_export({"p": MIXED[:9]}))
    published = small.protect(small.publish())
    rows = published[published["table"] == "numbers"]

    assert 8 == len(rows)
    assert not rows["shown"].any()
    assert rows[["value", "respondents"]].isna().all(axis=None)
    assert {""} == set(rows["reason"])


def test_names_and_weights_are_no_numbers_to_be_shown(case) -> None:
    """A question that identifies people, or the weight, is not in the responses."""
    identifying = STUDY.replace('["organisation"]', '["organisation", "age"]')
    weighted = STUDY.replace('unit = "org', 'weight = "age"\nunit = "org')
    for study in (identifying, weighted):
        published = case(study=study, export=_export({"p": MIXED, "o": MIXED})).publish()
        assert "numbers" not in set(published["table"])

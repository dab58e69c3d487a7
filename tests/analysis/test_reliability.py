"""reliability: the numbers agree with R, and what cannot be estimated has a reason."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.analysis.reliability import cronbach_alpha, omega_total, reliability_of
from umid_research.clean import clean_responses

pytestmark = pytest.mark.filterwarnings("error")

BFI = Path(__file__).parents[1] / "data" / "bfi" / "bfi.csv"


def bfi(letter: str, reversed_items: list[str]) -> np.ndarray:
    """Complete answers to one scale of bfi, with its reversed items turned round."""
    table = pd.read_csv(BFI)
    complete = table[[name for name in table if name[0] == letter]].dropna()
    return complete.assign(**{name: 7 - complete[name] for name in reversed_items}).to_numpy()


@pytest.fixture
def reliability(read_all):
    def of(**parts):
        study, questionnaire, raw = read_all(**parts)
        cleaned = clean_responses(raw, questionnaire, study, key="k" * 16)
        return reliability_of(cleaned.responses, cleaned.states, questionnaire)

    return of


@pytest.mark.parametrize(
    ("letter", "reversed_items", "expected"),
    [
        ("A", ["A1"], [0.71485623990761371, 0.64667686011881920, 0.77329351413965175]),
        ("C", ["C4", "C5"], [0.72116320277352830, 0.65449185113309549, 0.77830792998140108]),
    ],
)
def test_alpha_and_its_limits_are_those_of_psych(letter, reversed_items, expected) -> None:
    """R 4.2.2, psych 2.2.9: alpha(y)$total$raw_alpha and alpha(y)$feldt; reversed: 7 - x."""
    assert expected == pytest.approx(list(cronbach_alpha(bfi(letter, reversed_items))), abs=1e-8)


@pytest.mark.parametrize(
    ("letter", "reversed_items", "expected"),
    [("A", ["A1"], 0.7443620256520721), ("C", ["C4", "C5"], 0.73365740380156497)],
)
def test_omega_is_that_of_a_maximum_likelihood_fit_in_r(letter, reversed_items, expected) -> None:
    """l <- factanal(y, 1, control = list(opt = list(factr = 1, maxit = 10000)))$loadings and
    sum(l)^2 / (sum(l)^2 + sum(1 - l^2)); psych's fa(y, 1, fm = "ml") agrees to 1e-7.
    """
    assert expected == pytest.approx(omega_total(bfi(letter, reversed_items)), abs=1e-6)


def test_omega_of_a_heywood_case_is_not_estimable() -> None:
    """Correlations 0.9, 0.9 and 0.5: the loading of the first would be sqrt(0.81/0.5) > 1."""
    correlations = np.array([[1, 0.9, 0.9], [0.9, 1, 0.5], [0.9, 0.5, 1]])
    # Twelve people whose scores have these correlations, as nearly as possible.
    people = np.random.default_rng(1).normal(size=(12, 3))
    people = people - people.mean(axis=0)
    white = people @ np.linalg.inv(np.linalg.cholesky(np.cov(people.T))).T
    values, vectors = np.linalg.eigh(correlations)
    scores = white @ (vectors * np.sqrt(np.clip(values, 1e-9, None))).T

    assert np.isnan(omega_total(scores))


def test_a_dimension_has_its_n_and_the_number_of_lost_respondents(reliability) -> None:
    """Ten people were asked, eight answered all three items, two said "don't know" once or twice.

    By hand, over all ten: 3 of 30 answers were "don't know".
    """
    row = reliability().dimensions.set_index("dimension").loc["trust"]

    assert (8, 3, 2) == (row["n"], row["items"], row["lost"])
    assert 3 / 30 == pytest.approx(row["dont_know"])
    assert row["low"] < row["alpha"] < row["high"]


def test_item_rest_by_hand(reliability) -> None:
    """The correlation of an item with the sum of the other two, over eight complete respondents."""
    items = reliability().items.set_index("item")
    raw = np.array([[4, 2, 4], [5, 1, 5], [3, 3, 3], [4, 2, 5], [4, 3, 4], [1, 5, 2], [3, 2, 4]])
    raw = np.vstack([raw, [2, 4, 2]]).astype(float)
    raw[:, 1] = 6 - raw[:, 1]
    expected = np.corrcoef(raw[:, 0], raw[:, 1] + raw[:, 2])[0, 1]

    assert expected == pytest.approx(items.loc["trust_1", "item_rest"])
    assert (10, 9, 8) == tuple(items.loc[["trust_1", "trust_2", "trust_3"], "n"])
    assert 0.1 == items.loc["trust_1", "floor"]
    assert 0.2 == items.loc["trust_1", "ceiling"]


def test_an_item_with_equal_answers_has_no_item_rest(reliability) -> None:
    """Ten scores of a third of the scale differ from their mean, by the rounding of floats."""
    form = QUESTIONNAIRE.replace("| | five | 5 | Fully | 5 |\n", "")
    answers = {"trust_1": "2", "trust_2": list("1234123412"), "trust_3": list("1123344121")}

    items = reliability(questionnaire=form, export=small_export().assign(**answers, duty="")).items

    assert [True, False, False] == items["item_rest"][:3].isna().tolist()


def test_a_single_item_has_no_reliability(reliability) -> None:
    """Duties is one question, asked of the four offices."""
    row = reliability().dimensions.set_index("dimension").loc["duties"]

    assert (4, 1, 0) == (row["n"], row["items"], row["lost"])
    assert "single_item" == row["reason"]
    assert np.isnan(row["alpha"])


def test_two_items_fix_no_factor(reliability) -> None:
    """Alpha is given, omega is blank and `reason` has the code."""
    form = QUESTIONNAIRE.replace(
        "Do they keep their word? | | trust", "Do they keep their word? | | "
    )
    row = reliability(questionnaire=form).dimensions.set_index("dimension").loc["trust"]

    assert np.isfinite(row["alpha"])
    assert np.isnan(row["omega"])
    assert "two_items" == row["reason"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (["3"] * 10, "equal_answers"),
        (["1", "5", *["dk"] * 8], "too_few_complete"),
    ],
)
def test_what_cannot_be_estimated_has_a_reason(reliability, answers, reason) -> None:
    """An item with equal answers, or too few respondents."""
    row = reliability(export=small_export().assign(trust_1=answers)).dimensions
    row = row.set_index("dimension").loc["trust"]

    assert reason == row["reason"]
    assert np.isnan(row["alpha"]) and np.isnan(row["omega"])


def test_items_that_cancel_out_have_no_reliability(reliability) -> None:
    """The sum of the items is the same for all, so its variance, the divisor, is zero."""
    table = small_export().assign(
        trust_1=list("1515151515"), trust_2=list("1515151515"), trust_3=list("3333333333")
    )
    form = QUESTIONNAIRE.replace(
        "Do they keep their word? | | trust", "Do they keep their word? | | "
    )
    row = reliability(export=table, questionnaire=form).dimensions.set_index("dimension")

    assert "equal_sums" == row.loc["trust", "reason"]


def test_nobody_asked_makes_blank_shares(reliability) -> None:
    """No office was reached, so nobody was asked about duties."""
    table = small_export()
    row = reliability(export=table[table["kind"] != "o"]).dimensions.set_index("dimension")

    assert (0, 0) == tuple(row.loc["duties", ["n", "lost"]])
    assert row.loc["duties", ["floor", "ceiling", "dont_know"]].isna().all()


def test_who_was_asked_only_some_of_the_items_does_not_count(reliability) -> None:
    """The third item is asked of offices only: four people were asked all three, not ten."""
    form = QUESTIONNAIRE.replace(
        "Do they keep their word? | | trust", "Do they keep their word? | ${aware} = 'yes' | trust"
    )
    row = reliability(questionnaire=form).dimensions.set_index("dimension").loc["trust"]

    assert (5, 3, 0) == (row["n"], row["items"], row["lost"])


def test_who_answered_none_of_the_items_is_not_lost(reliability) -> None:
    """Of ten, seven are complete, two answered some; one answered nothing, and is not lost."""
    table = small_export()
    table.loc[0, ["trust_1", "trust_2", "trust_3"]] = "dk"
    row = reliability(export=table).dimensions.set_index("dimension").loc["trust"]

    assert (7, 2) == (row["n"], row["lost"])

"""The summary of numbers against numpy, answers written out by weight, and hand calculation."""

import numpy as np
import pytest
from small_study import STUDY, small_export

from umid_research.analysis.numbers import (
    codes_left_out,
    number_answers,
    number_questions,
    summarise,
)
from umid_research.clean import clean_responses


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 10, 37, 100])
def test_without_weights_quantiles_are_those_of_numpy(size) -> None:
    """Definition 2 of Hyndman and Fan is numpy's "averaged_inverted_cdf"."""
    values = np.random.default_rng(size).integers(0, 50, size).astype(float)
    found = summarise(values, np.ones(size))
    expected = np.quantile(values, [0.25, 0.5, 0.75], method="averaged_inverted_cdf")

    assert tuple(expected) == (found.lower_quartile, found.median, found.upper_quartile)
    assert np.median(values) == found.median
    assert values.mean() == pytest.approx(found.mean)
    assert size == found.answers


@pytest.mark.parametrize("seed", range(5))
def test_a_weight_of_three_is_three_people_with_the_same_answer(seed) -> None:
    """Against numpy on the answers written out as often as they weigh; the base is not weighted."""
    rng = np.random.default_rng(seed)
    values, weights = rng.integers(0, 90, 23).astype(float), rng.integers(1, 5, 23)
    found, written_out = summarise(values, weights.astype(float)), np.repeat(values, weights)
    expected = np.quantile(written_out, [0.25, 0.5, 0.75], method="averaged_inverted_cdf")

    assert tuple(expected) == (found.lower_quartile, found.median, found.upper_quartile)
    assert written_out.mean() == pytest.approx(found.mean)
    assert 23 == found.answers


def test_a_summary_by_hand() -> None:
    """Weights 1, 1, 2, 4: an eighth, a quarter, a half, the whole of 8 lie below 3, 5, 7, 9."""
    found = summarise(np.array([3.0, 5.0, 7.0, 9.0]), np.array([1.0, 1.0, 2.0, 4.0]))

    assert (6, 8, 9) == (found.lower_quartile, found.median, found.upper_quartile)
    assert (3 + 5 + 14 + 36) / 8 == found.mean


def _cleaned(read_all, *, study: str = STUDY, **columns: list[str]):
    read, form, raw = read_all(study=study, export=small_export().assign(**columns))
    return clean_responses(raw, form, read, key="k" * 16), form, read


def test_only_questions_with_a_number_are_summarised(read_all) -> None:
    """The small study asks for one, the age; as the weight it is no answer any more."""
    weighted = STUDY.replace('unit = "org', 'weight = "age"\nunit = "org')

    assert ["age"] == number_questions(*_cleaned(read_all)[:2])
    assert [] == number_questions(*_cleaned(read_all, study=weighted)[:2])


def test_blanks_and_codes_of_missing_answers_are_no_numbers(read_all) -> None:
    """One left it blank, two gave a code that means don't know in every list of choices."""
    study = STUDY.replace('dont_know = ["dk"]', 'dont_know = ["dk", "-1", "999"]')
    age = ["", "-1", "999", "28", "39", "44", "61", "33", "47", "36"]
    cleaned, _, read = _cleaned(read_all, study=study, age=age)

    assert [-1, 999] == codes_left_out(read)
    assert [28, 33, 36, 39, 44, 47, 61] == list(number_answers(cleaned, "age", read)["value"])


def test_a_code_of_one_list_of_choices_is_a_number_elsewhere(read_all) -> None:
    """3 is "no answer" in the list `aware`; three children are three."""
    table = '\n[missing.lists.five]\ndont_know = ["3"]\n[districts.north]'
    study = STUDY.replace("\n[districts.north]", table, 1)
    cleaned, _, read = _cleaned(read_all, study=study, age=["3"] * 10)

    assert [] == codes_left_out(read)
    assert 10 == len(number_answers(cleaned, "age", read))

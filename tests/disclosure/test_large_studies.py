"""The audit of a large study needs memory that grows with its people, not with their square."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from umid_research.disclosure.audit.answer_changes import AnswerChanges
from umid_research.disclosure.audit.linked_scores import LinkedScores
from umid_research.disclosure.audit.respondents import Respondents
from umid_research.disclosure.audit.weights import Weights, mean_of_rows, member_weights
from umid_research.study import Study, read_study


@pytest.fixture
def study(write_study) -> Study:
    return read_study(write_study())


def _people(localities: int) -> pd.DataFrame:
    """Two residents and an office in each locality; the last has no office, one has no score."""
    rows = [
        (f"{group}-{place}", "north" if place % 2 else "south", f"v{place}", group, 50.0, 1.0)
        for place in range(localities)
        for group in ("people", "people", "office")
    ]
    columns = ["unit", "district", "locality", "group", "score", "weight"]
    people = pd.DataFrame(rows[:-1], columns=columns)
    people.loc[0, "score"] = np.nan
    return people


def _peak(localities: int, study: Study) -> tuple[Weights, int]:
    """The weights, and the most memory that they took on the way."""
    people = _people(localities)
    member_weights(people, study)
    tracemalloc.start()
    weights = member_weights(people, study)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return weights, peak


def test_memory_for_weights_grows_with_the_people(study) -> None:
    """Four times the people take at most five times the memory; a square would be sixteen."""
    _, small = _peak(500, study)
    weights, large = _peak(2000, study)

    assert large < 5 * small
    assert sum(own.nnz for own in weights.values()) < 6 * 6000


def test_each_mean_has_weights_that_add_up_to_one(study) -> None:
    """By hand: a group's units, a side's localities, and an absent group made up for."""
    weights = member_weights(_people(4), study)
    by_group = mean_of_rows(weights["scores_by_group", "people"])

    assert [0.25, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125] == by_group[
        [1, 3, 4, 6, 7, 9, 10]
    ].tolist()
    for key, own in weights.items():
        assert np.allclose(own.sum(axis=1), 1), key
    # v3 has residents only: their mean, shifted by how far all groups' mean is from residents'.
    absent = weights["scores_by_district", "north"][[1]].toarray().ravel()
    office, residents = np.array([2, 5, 8]), np.array([1, 3, 4, 6, 7])
    assert np.allclose(absent[office], 1 / 6)
    assert np.allclose(absent[residents], -by_group[residents] / 2)
    assert np.allclose(absent[[9, 10]], 0.5 - 0.125 / 2)


def test_counts_of_nobody_who_may_change_have_no_entry() -> None:
    """Two people may change; the counts of the three others stay as they are."""
    given = np.array([[0, 1], [1, 0], [0, 0], [1, 1], [0, 1]])
    changes = AnswerChanges(given, np.array([2, 2]), np.array([0, 1]))
    people = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 1, 1, 1, 1]], dtype=bool)
    found = changes.of_counts(people, np.array([0, 0, 1]), np.array([0, 0, 1])).toarray()

    assert [[-1, 0, 1, 0], [0, 0, 0, 0], [0, -1, 0, 1]] == found.tolist()


def _respondents(people: pd.DataFrame) -> Respondents:
    """One item with two answers."""
    given = people["given"].to_numpy()[:, np.newaxis]
    nothing = np.full(given.shape, "", dtype=object)
    points = [np.array([0.0, 100.0])]
    linked = LinkedScores(
        people, ("item",), [["no", "yes"]], points, given, [[]], nothing, definitions=()
    )
    return Respondents(linked)


def _six_districts() -> pd.DataFrame:
    rows = [
        (f"{group}-{district}-{number}", f"d{district}", group, number % 2)
        for district in range(6)
        for group, size in (("people", 30), ("firms", 2))
        for number in range(size)
    ]
    return pd.DataFrame(rows, columns=["respondent", "district", "group", "given"])


def test_others_of_the_group_and_their_neighbours_may_offset_an_answer() -> None:
    """Two firms of a district: those of three other districts, and people of all four, may change.

    Without them, the counts of firms and of the district would pin the answers of the two.
    """
    people = _six_districts()
    about = np.flatnonzero((people["district"] == "d0") & (people["group"] == "firms"))
    free = _respondents(people).comparable_with(about, 40)
    chosen = people.iloc[free].groupby(["group", "district"]).size()

    assert 40 == len(set(free))
    assert about.tolist() == free[:2].tolist()
    assert 4 == len(chosen["firms"])
    assert chosen["firms"].index.tolist() == chosen["people"].index.tolist()
    assert (chosen["firms"] == 2).all()


def test_who_may_offset_an_answer_does_not_depend_on_the_order_of_an_export() -> None:
    people = _six_districts()
    mixed = people.sample(frac=1, random_state=3).reset_index(drop=True)
    about = [
        np.flatnonzero((one["district"] == "d2") & (one["group"] == "firms"))
        for one in (people, mixed)
    ]
    free = [
        _respondents(one).comparable_with(own, 50)
        for one, own in zip((people, mixed), about, strict=True)
    ]
    kinds = [
        one.iloc[own][["group", "district", "given"]].value_counts().to_dict()
        for one, own in zip((people, mixed), free, strict=True)
    ]

    assert kinds[0] == kinds[1]

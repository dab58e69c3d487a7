"""Unique people: one person at several events is one; similar names wait for a decision."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_activities import no_decisions

from umid_research.indicators.decisions import resolve
from umid_research.indicators.people import People, unique_people
from umid_research.indicators.similarity import latin, shared_words, similarities

_NOTHING = pd.DataFrame(columns=["first", "second", "similarity"])


def _attendance(*rows: str) -> pd.DataFrame:
    """Return one row per text: name, sex, year of birth, locality, event; `-` for a blank."""
    cells = [[cell.replace("-", "") for cell in row.split(", ")] for row in rows]
    table = pd.DataFrame(cells, columns=["name", "sex", "birth_year", "locality", "event_id"])
    return table.assign(attendance_id=[f"A{i + 1}" for i in range(len(table))])


def _decisions(*rows: str) -> pd.DataFrame:
    """Return one row per text: first, second, decision."""
    table = pd.DataFrame([row.split() for row in rows], columns=["first", "second", "decision"])
    table = table.assign(kind="person", reason="known", by="ann", file="decisions.csv")
    return table.assign(row=range(2, len(table) + 2)).reindex(columns=no_decisions().columns)


def _settle(ids: str, *rows: str):
    keys = pd.Series(list(ids), index=list(ids))
    return resolve(keys, _NOTHING, _decisions(*rows))


def _people(*rows: str, decisions: pd.DataFrame | None = None) -> People:
    return unique_people(_attendance(*rows), no_decisions() if decisions is None else decisions)


def _pairs(people: People) -> list[tuple]:
    return list(
        people.resolved.pairs[["first", "second", "decision"]].itertuples(index=False, name=None)
    )


# --- equal keys -----------------------------------------------------------------------------------


def test_a_person_at_two_events_is_one_person() -> None:
    """Capitals, accents and look-alike letters do not make another person."""
    people = _people("Nümunə Sınaqov, m, 1980, n1, C1", "NUMUNE SINAQOV, m, 1980, n1, C2")

    assert 1 == len(people.unique)
    assert [] == _pairs(people)


@pytest.mark.parametrize(
    "other",
    [
        "Sample One, m, 1980, n1, C2",
        "Sample One, f, 1981, n1, C2",
        "Other Name, f, 1980, n1, C2",
    ],
)
def test_another_sex_birth_year_or_name_is_another_person(other) -> None:
    """Such pairs are not even proposed."""
    people = _people("Sample One, f, 1980, n1, C1", other)

    assert 2 == len(people.unique)
    assert [] == _pairs(people)


# --- proposed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümune Sinagov, m, 1980, n1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Sınaqov Nümunə, m, 1980, n1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Нумуна Сынагов, m, 1980, n1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümunə Sınaqov, -, 1980, n1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümunə Sınaqov, m, -, n1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümunə Sınaqov, m, 1980, s1, C2"),
        ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümunə Sınaqov Vaqif oğlu, m, 1980, n1, C2"),
    ],
)
def test_a_similar_name_is_proposed_and_counts_as_two(one, other) -> None:
    """Another spelling, word order or alphabet, a blank attribute, another locality."""
    people = _people(one, other)

    assert 2 == len(people.unique)
    assert [("A1", "A2", "")] == _pairs(people)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sample 017 Name, m, 1980, n1, C1", "Sample 018 Name, m, 1980, n1, C2"),
        ("Sample Name, m, -, n1, C1", "Sample Name, m, -, s1, C2"),
        ("Sample, m, 1980, n1, C1", "Sample Name, m, 1980, n1, C2"),
    ],
)
def test_a_pair_with_contradicting_attributes_is_not_proposed(one, other) -> None:
    """Other numbers; another locality without a birth year; a single word of the name."""
    assert [] == _pairs(_people(one, other))


# --- decided --------------------------------------------------------------------------------------


def test_a_decision_makes_two_spellings_one_person() -> None:
    """The pair has the decision and its reason."""
    rows = ("Nümunə Sınaqov, m, 1980, n1, C1", "Nümune Sinagov, m, 1980, n1, C2")
    people = _people(*rows, decisions=_decisions("A1 A2 same"))

    assert 1 == len(people.unique)
    assert [("A1", "A2", "same")] == _pairs(people)
    assert ["known"] == list(people.resolved.pairs["reason"])


def test_a_decision_about_any_rows_of_two_people_applies_to_the_people() -> None:
    """A3 is A1's other event, so a decision on A2 and A3 decides the pair A1 and A2."""
    rows = (
        "Nümunə Sınaqov, m, 1980, n1, C1",
        "Nümune Sinagov, m, 1980, n1, C2",
        "Nümunə Sınaqov, m, 1980, n1, C3",
    )
    people = _people(*rows, decisions=_decisions("A2 A3 same"))

    assert 1 == len(people.unique)
    assert [("A2", "A3", "same")] == _pairs(people)


def test_a_decision_separates_two_people_with_equal_keys() -> None:
    """A third row with that name is neither of them until it is decided, too."""
    row = "Sample One, f, 1980, n1, "
    people = _people(row + "C1", row + "C1", row + "C2", decisions=_decisions("A1 A2 different"))

    assert 3 == len(people.unique)
    assert {("A1", "A2", "different"), ("A1", "A3", ""), ("A2", "A3", "")} == {
        tuple(sorted(pair[:2])) + pair[2:] for pair in _pairs(people)
    }


def test_a_person_with_contradictory_sex_has_unknown_sex() -> None:
    """Somebody decided that a man and a woman of the lists are one."""
    rows = ("Sample One, f, 1980, n1, C1", "Sample One, m, 1980, n1, C2")
    people = _people(*rows, decisions=_decisions("A1 A2 same"))

    assert [""] == list(people.unique["sex"])


def test_decisions_are_transitive() -> None:
    """a = b and b = c make a = c; with c ≠ d also a ≠ d."""
    resolved = _settle("abcd", "a b same", "b c same", "c d different")

    assert (
        resolved.entity_ids["a"]
        == resolved.entity_ids["b"]
        == resolved.entity_ids["c"]
        != resolved.entity_ids["d"]
    )
    assert resolved.issues.empty


@pytest.mark.parametrize(
    "rows",
    [
        ("a b same", "b c same", "a c different"),
        ("a b same", "b a different"),
        ("a b same", "b c same", "c d same", "a d different"),
    ],
)
def test_a_contradictory_cluster_is_not_followed_and_each_decision_is_an_issue(rows) -> None:
    """Nobody can say which decision is right; other clusters are followed as usual."""
    resolved = _settle("abcdxy", *rows, "x y same")

    assert len(set("abcd")) == resolved.entity_ids[list("abcd")].nunique()
    assert resolved.entity_ids["x"] == resolved.entity_ids["y"]
    assert list(range(2, len(rows) + 2)) == list(resolved.issues["row"])
    assert {"decisions_contradict"} == set(resolved.issues["rule"])
    assert {"same", "contradiction"} == set(resolved.pairs["decision"])


def test_a_pair_that_follows_from_other_decisions_is_not_open() -> None:
    """a = b and b = c decide a with c; b ≠ d decides a with d."""
    proposed = pd.DataFrame({"first": ["a", "a"], "second": ["c", "d"], "similarity": [90, 85]})
    keys = pd.Series(list("abcd"), index=list("abcd"))
    resolved = resolve(keys, proposed, _decisions("a b same", "b c same", "b d different"))
    decided = resolved.pairs.set_index(["first", "second"])["decision"]

    assert ("same", "different") == (decided["a", "c"], decided["a", "d"])


def test_a_decision_about_an_unknown_row_is_ignored() -> None:
    """The reader of the register has reported it."""
    resolved = _settle("ab", "a z same")

    assert 2 == resolved.entity_ids.nunique()
    assert resolved.pairs.empty


_DECIDED = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(["same", "different"])).filter(
        lambda row: row[0] != row[1]
    ),
    max_size=12,
)


@given(_DECIDED)
@settings(max_examples=200, deadline=None)
def test_entities_equal_those_of_a_naive_graph_walk(decided) -> None:
    """Second source: a naive walk; a cluster with a contradiction falls back into its parts."""
    ids = list("abcdefg")
    resolved = _settle("".join(ids), *(f"{ids[a]} {ids[b]} {what}" for a, b, what in decided))

    assert {tuple(group) for group in _naive(decided)} == {
        tuple(sorted(group))
        for group in resolved.entity_ids.groupby(resolved.entity_ids).groups.values()
    }


def _naive(decided: list[tuple]) -> list[list[str]]:
    """Return the groups of ids by a graph walk; a contradictory group is split again."""
    groups = [{i} for i in range(7)]
    for a, b, what in decided:
        if what == "same":
            together = [group for group in groups if group & {a, b}]
            groups = [g for g in groups if not g & {a, b}] + [set().union(*together)]
    wrong = [{a, b} for a, b, what in decided if what == "different"]
    apart = [g for g in groups if any(pair <= g for pair in wrong)]
    kept = [g for g in groups if g not in apart] + [{i} for g in apart for i in g]
    return [sorted("abcdefg"[i] for i in group) for group in kept]


# --- similarity ---------------------------------------------------------------------------


def test_a_name_is_compared_in_one_alphabet() -> None:
    """Cyrillic words become Latin; a Latin word with one Cyrillic letter is read by its shape."""
    assert latin("Hüseynov Anar") == latin("Гусейнов Анар") == latin("HUSEYNOV, Anаr")


def test_texts_in_other_languages_are_found_by_shared_words() -> None:
    """Borrowed words and numbers; the third text shares none and is not found."""
    texts = [
        "Büdcənin icrası hər rüb lövhədə dərc edilsin",
        "Publish the execution of the budget each quarter",
        "Пусть каждый видит, куда уходят деньги села",
        "Bələdiyyədə 2 terminal",
        "Установить 2 терминала",
    ]
    shared = shared_words(texts)

    assert shared[0, 1] > 0 and shared[3, 4] > 0
    assert 0 == shared[0, 2] == shared[1, 2] == shared[0, 3]


def test_an_empty_comparison_is_no_error() -> None:
    """An empty register, and texts without distinctive words."""
    assert (0, 0) == similarities([]).shape == shared_words([]).shape
    assert not np.triu(shared_words(["a b", "a b"]), 1).any()

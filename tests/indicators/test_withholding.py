"""Counts of people: what is small is withheld, and no sum gives it away."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_indicators import Small, definitions, read_small

from umid_research.indicators.indicators import COLUMNS
from umid_research.indicators.published import publish_indicators
from umid_research.indicators.withholding import revealing_shares, with_secondary_suppression
from umid_research.study import Thresholds

LEAST = 5


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    return read_small(folder, indicators=definitions("people_interviewed", "terminals_requested"))


def _hidden(*counts: float) -> list[bool]:
    return with_secondary_suppression(pd.Series(counts, dtype=float), LEAST).tolist()


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((10, 20, 30), [False, False, False]),
        ((3, 20, 30), [True, True, False]),
        ((3, 20, 0), [True, True, False]),
        ((3, 1, 30), [True, True, True]),
        ((3, 4, 30), [True, True, True]),
        ((3, 4, 30, 6), [True, True, False, True]),
        ((4, 4, 4, 5), [True, True, True, True]),
        ((0, 20, 30), [False, False, False]),
        ((5, 20, 30), [False, False, False]),
        ((2, 2, 0), [True, True, True]),
        ((4, np.nan, 30), [True, False, True]),
    ],
)
def test_a_small_count_is_withheld_with_the_next_smallest(counts, hidden) -> None:
    """One that is not small among them; noughts last, blanks never."""
    assert hidden == _hidden(*counts)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
@settings(max_examples=300, deadline=None)
def test_from_the_sum_and_what_is_shown_no_small_count_can_be_worked_out(counts) -> None:
    """The attack: every way to fill what is withheld that has the sum and is withheld alike.

    Where only one place has people, its number is the project's, which is text in any case.
    """
    hidden = np.array(_hidden(*counts))
    small = [i for i, count in enumerate(counts) if 0 < count < LEAST]
    if not small or sum(count > 0 for count in counts) == 1:
        return
    shown = {i: count for i, count in enumerate(counts) if not hidden[i]}
    left = sum(counts) - sum(shown.values())
    places = [i for i in range(len(counts)) if hidden[i]]
    fillings = [
        filling
        for filling in product(range(left + 1), repeat=len(places))
        if sum(filling) == left
        and _hidden(
            *({**shown, **dict(zip(places, filling, strict=True))}[i] for i in range(len(counts)))
        )
        == hidden.tolist()
    ]

    for place in small:
        assert len({filling[places.index(place)] for filling in fillings}) >= 2


# --- the indicators -------------------------------------------------------------------------------


def _published(small: Small, key: str, actual: dict[tuple[str, str], float]) -> pd.DataFrame:
    """What is published of one indicator with these numbers by district and sex."""
    rows = pd.DataFrame(
        [
            {"indicator": key, "district": district, "sex": sex, "actual": number}
            for (district, sex), number in actual.items()
        ]
    ).reindex(columns=list(COLUMNS))
    rows = rows.assign(status="no_target", explanation="a word", achieved=0.5, deviation=50.0)
    rows = rows.assign(source="a file")
    made = publish_indicators(rows, small.registers.definitions, small.study)
    return made.set_index(["district", "sex"])


def test_the_number_of_the_project_is_shown_whatever_it_is(small) -> None:
    """It is what was promised."""
    rows = _published(small, "people_interviewed", {("", ""): 3})

    assert rows["shown"].all()


@pytest.mark.parametrize(
    ("women", "men", "shown"), [(7, 58, True), (4, 58, False), (58, 1, False), (0, 9, True)]
)
def test_both_sexes_are_withheld_when_one_is_small(small, women, men, shown) -> None:
    """With the project's number, one of them would tell the other."""
    numbers = {("", ""): women + men, ("", "f"): women, ("", "m"): men}
    rows = _published(small, "people_interviewed", numbers)

    assert [shown, shown] == rows.loc[[("", "f"), ("", "m")], "shown"].tolist()


def test_what_is_withheld_keeps_no_number_status_or_explanation(small) -> None:
    """A small district and a second one; the project's row keeps everything."""
    numbers = {("", ""): 43, ("north", ""): 3, ("south", ""): 40}
    rows = _published(small, "people_interviewed", numbers)
    hidden = rows[~rows["shown"]]

    assert 2 == len(hidden)
    assert hidden[["actual", "achieved", "deviation"]].isna().all().all()
    assert {""} == set(hidden["status"]) == set(hidden["explanation"])
    assert (43, "no_target", "a word") == tuple(
        rows.loc[("", ""), ["actual", "status", "explanation"]]
    )


def _limited(small: Small, count: int) -> Small:
    limits = Thresholds(count=count)
    return replace(small, study=small.study.model_copy(update={"thresholds": limits}))


def test_a_limit_on_counts_holds_for_the_number_of_the_project_too(small) -> None:
    """Four people: neither the number nor the rows that were counted are shown; five are."""
    for number, shown in ((4, False), (5, True)):
        rows = _published(_limited(small, 5), "people_interviewed", {("", ""): number})

        assert [shown] == rows["shown"].tolist()
        assert ["a file"] * shown == [source for source in rows["source"] if source]


def test_with_a_limit_those_of_no_known_sex_are_no_small_rest(small) -> None:
    """Of 30 people 3 have no known sex: a sex is withheld; 5 of 32 may be known."""
    for whole, shown in ((30, [False, True]), (32, [True, True])):
        numbers = {("", ""): whole, ("", "f"): 7, ("", "m"): 20}
        rows = _published(_limited(small, 5), "people_interviewed", numbers)

        assert shown == rows.loc[[("", "f"), ("", "m")], "shown"].tolist()
        assert _published(small, "people_interviewed", numbers)["shown"].all()


def test_a_sex_with_nobody_hides_no_rest(small) -> None:
    """Of 30 people 3 have no known sex: the men are withheld, as the 0 women would hide nothing."""
    numbers = {("", ""): 30, ("", "f"): 0, ("", "m"): 27}
    rows = _published(_limited(small, 5), "people_interviewed", numbers)

    assert [True, False] == rows.loc[[("", "f"), ("", "m")], "shown"].tolist()


@pytest.mark.parametrize(
    ("right", "hidden"),
    [
        ((10, 10, 10), (False, False, False)),
        ((4, 9, 10), (True, True, False)),
        ((20, 15, 10), (True, True, False)),
        ((20, 16, 10), (True, True, True)),
        ((5, 10, 15), (False, False, False)),
        ((2, 2, 10), (True, True, True)),
    ],
)
def test_with_a_limit_few_right_or_wrong_answers_are_withheld(right, hidden) -> None:
    """Of 20 people and 5 as limit; the next extreme question goes with a single one, or few."""
    rows = pd.DataFrame({"question": ["a", "b", "c"], "n": 20.0, "after": 50.0})
    rows["before"] = [100 * number / 20 for number in right]
    whole = pd.DataFrame({"question": [""], "n": 20.0, "before": 50.0, "after": 50.0})

    found = revealing_shares(pd.concat([rows, whole], ignore_index=True), 5)

    assert [*hidden, False] == found.tolist()


@pytest.mark.parametrize(("count", "kinds"), [(0, {"cdc", "entrepreneur"}), (3, {"cdc", "other"})])
def test_with_a_limit_few_entrepreneurs_of_a_district_are_others(tmp_path, count, kinds) -> None:
    """Six in the platform, two of them in the south."""
    members = "".join(
        f"L1,2022-07-20,{'south' if n > 4 else 'north'},Shop {n},entrepreneur,\n"
        for n in range(1, 7)
    )
    head = "platform_id,founded,district,member,member_type,document\n"
    small = read_small(tmp_path, platforms=f"{head}L1,2022-07-20,north,Council,cdc,\n{members}")

    assert kinds == set(_limited(small, count).counted().memberships["member_type"])


def test_what_is_no_person_is_never_withheld(small) -> None:
    """Two terminals in a district are a public fact."""
    numbers = {("", ""): 3, ("north", ""): 1, ("south", ""): 2}

    assert _published(small, "terminals_requested", numbers)["shown"].all()


def test_few_people_at_an_event_are_withheld_with_the_next_smallest(tmp_path: Path) -> None:
    """Blank and marked; an event that nobody counted is blank and not marked."""
    found = read_small(tmp_path).counted().events.set_index("event")

    assert [False, False, True] == found.loc[["C1", "W1", "C2"], "shown"].tolist()
    assert found["people"].isna().all()

"""The attackers of `make validate` that share no code with the package, on tables by hand."""

import numpy as np
import pandas as pd
import pytest
from validation import attacks
from validation.attacks import Attacked, lines
from validation.count_tables import CountTable, count_tables
from validation.price import Price, fewest, price, revealing
from validation.tau_argus import audited, is_there

# Three groups of six people, of whom 1, 3 and 4 said yes.
_YES = {"a": 1, "b": 3, "c": 4}


def three_groups(*, withheld: str, total: bool = True) -> CountTable:
    """The answers by group, those of some groups withheld; and their totals."""
    people = pd.DataFrame(
        [(group, "d", "yes" if n < _YES[group] else "no") for group in _YES for n in range(6)],
        columns=["group", "district", "asked"],
    )
    rows = [("answers", answer, None, total) for answer in ("yes", "no")]
    rows += [("answers_by_group", a, g, g not in withheld) for g in _YES for a in ("yes", "no")]
    columns = ["table", "answer", "group", "shown"]
    published = pd.DataFrame(rows, columns=columns).assign(question="asked", district=None)
    (table,) = count_tables(published, people, [])
    return table


def test_a_table_counts_people_by_group_and_answer() -> None:
    """8 of 18 said yes."""
    assert [8, 10, 1, 5, 3, 3, 4, 2] == three_groups(withheld="").counts.tolist()


def test_a_single_withheld_group_is_worked_out_and_two_are_not() -> None:
    """8 - 3 - 4 = 1: the total and both other groups reveal it."""
    one, two = three_groups(withheld="a"), three_groups(withheld="ab")

    assert {0, 4, 6} == {int(row) for row in revealing(one, 2, one.withheld)}
    assert revealing(two, 2, two.withheld) is None


def test_a_count_between_bounds_that_touch_is_worked_out() -> None:
    """Of two groups of one person each both said yes: 2 of 2."""
    people = pd.DataFrame({"group": ["a", "b"], "district": "d", "asked": "yes"})
    rows = [("answers", None, True), ("answers_by_group", "a", False)]
    rows += [("answers_by_group", "b", False)]
    published = pd.DataFrame(rows, columns=["table", "group", "shown"])
    (table,) = count_tables(
        published.assign(question="asked", district=None, answer="yes"), people, ["asked"]
    )

    assert revealing(table, 1, table.withheld) is not None


def test_the_fewest_to_withhold_are_found() -> None:
    """One more group, whichever; without the totals nothing more."""
    table, without = three_groups(withheld="a"), three_groups(withheld="a", total=False)
    primary = table.withheld

    assert 4 == fewest(table, primary, table.cells)
    assert 4 == fewest(table, primary, np.arange(8))
    assert 4 == fewest(without, without.withheld, without.cells)
    assert Price(2, 6, 4, 4) == price(table, primary, three_groups(withheld="abc").withheld)


@pytest.mark.skipif(not is_there(), reason="no pytauargus for this system")
def test_tau_argus_finds_what_can_be_subtracted() -> None:
    """1 possible number where one group is withheld; of 4 yes in two groups of six, 0 to 4."""
    one, two = three_groups(withheld="a"), three_groups(withheld="ab")

    assert [1, 1] == audited(one, one.withheld).tolist()
    assert [5, 5, 5, 5] == audited(two, two.withheld).tolist()


def test_a_leak_a_worked_out_count_and_too_high_a_price_do_not_hold(monkeypatch) -> None:
    """12 withheld where 10 are enough is 1.2; 13 is too many."""
    good = Attacked(0, 60, 40, 10, True, [], 12, 0, 3, Price(4, 12, 11, 10))
    leaks = Attacked(0, 60, 40, 10, True, [("answers",)], 12, 1, 3, Price(4, 13, 10, 10))

    assert {True, None} == {line.holds for line in lines([good])}
    found = {line.method: line for line in lines([leaks])}
    assert [False, None, False, None, False, False, False, None] == [
        line.holds for line in found.values()
    ]
    assert "1.300 of 10" == found["withheld counts, by the fewest"].figure
    monkeypatch.setattr(attacks, "is_there", lambda: False)
    assert [] == attacks.possible_numbers(None, None)
    without = Attacked(0, 60, 40, 10, True, [])
    assert any(line.figure == "not installed here" for line in lines([without]))

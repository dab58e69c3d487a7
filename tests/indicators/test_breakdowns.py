"""Test the counts by kind: cards are public facts, families are people."""

import pandas as pd
import pytest
from small_indicators import read_small

PAYMENTS = "payment_id,family_id,locality,date,portal,bill,first_time,sex,screenshot\n"


def _paid(**families: int) -> str:
    """Return a register in which so many families paid each kind of bill, twice each."""
    paid = [(bill, family) for bill, number in families.items() for family in range(1, number + 1)]
    rows = [
        f"Y{place}{month},F{family},n1,2022-0{month}-02,A portal,{bill},,,\n"
        for place, (bill, family) in enumerate(paid, start=1)
        for month in (5, 6)
    ]
    return PAYMENTS + "".join(rows)


def _families(rows: pd.DataFrame) -> dict[str, int | None]:
    """Return the number of families per kind of bill; None where it is withheld."""
    rows = rows[rows["kind"] == "families"].set_index("key")
    assert (rows["shown"] == rows["number"].notna()).all()
    return {str(key): None if pd.isna(n) else int(n) for key, n in rows["number"].items()}


@pytest.mark.parametrize(
    ("paid", "shown"),
    [
        ({"fine": 5, "internet": 7}, {"fine": 5, "internet": 7, "utilities": 0, "telephone": 0}),
        (
            {"fine": 4, "internet": 7, "utilities": 6},
            {"fine": None, "internet": 7, "utilities": None, "telephone": 0},
        ),
        ({"fine": 1}, dict.fromkeys(["fine", "internet", "utilities", "telephone"])),
    ],
)
def test_few_families_with_a_kind_of_bill_are_withheld_with_the_next_smallest(
    tmp_path, paid, shown
) -> None:
    """Fewer than 5, and what would let them be computed; two payments of a family count once."""
    found = read_small(tmp_path, payments=_paid(**paid)).counted().breakdowns

    assert shown == _families(found)


def test_cards_are_added_up_by_kind_of_place_and_district(tmp_path) -> None:
    """North has n1 and n2; a kind of place without cards has zeros."""
    head = "batch_id,locality,date,place,copies\n"
    cards = f"{head}K1,n1,2022-05-01,school,40\nK2,n2,2022-05-01,school,2\nK3,s1,2022-05-01,ngo,3\n"
    rows = read_small(tmp_path, cards=cards).counted().breakdowns
    found = rows[rows["kind"] == "cards"].set_index(["key", "district"])["number"]

    assert {("school", "north"): 42, ("ngo", "south"): 3} == found[found > 0].to_dict()
    assert 4 * 2 == len(found)


def test_an_absent_register_has_no_zeros(tmp_path) -> None:
    """Nobody counted."""
    small = read_small(tmp_path)

    assert {"cards"} == set(small.without("payments").counted().breakdowns["kind"])
    assert small.without("payments").without("cards").counted().breakdowns.empty

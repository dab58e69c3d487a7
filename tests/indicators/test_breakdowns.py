"""Test the counts by kind: cards are public facts, families and participants are people."""

import pandas as pd
import pytest
from small_indicators import definitions, read_small

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


def _people(rows: pd.DataFrame, kind: str = "families") -> dict[str, int | None]:
    """Return the number of people or families per key of a kind; None where it is withheld."""
    rows = rows[rows["kind"] == kind].set_index("key")
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

    assert shown == _people(found)


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


_PORTALS = """
[portals]
gate = { en = "The Gate" }
shop = { en = "A shop" }
"""


def test_families_are_counted_by_declared_portals_and_all_others_together(tmp_path) -> None:
    """By its key or a name, however it is written; what nobody declared is never named."""
    written = ["gate", "THE GATE ", "The Gate", "Ann's phone", "A portal", "a portal"] * 3
    rows = [
        f"Y{place},F{place},n1,2022-05-02,{portal},fine,,,\n"
        for place, portal in enumerate(written, start=1)
    ]
    found = read_small(
        tmp_path, payments=PAYMENTS + "".join(rows), indicators=definitions() + _PORTALS
    ).counted()

    assert {"gate": 9, "shop": 0, "other": 9} == _people(found.breakdowns, "portals")
    assert "Ann" not in found.breakdowns.to_csv()


def test_few_families_at_a_portal_are_withheld_with_the_next_smallest(tmp_path) -> None:
    """4 at the shop could be found from the other two and the number of families."""
    written = ["gate"] * 6 + ["shop"] * 4 + ["elsewhere"] * 7
    rows = [
        f"Y{place},F{place},n1,2022-05-02,{portal},fine,,,\n"
        for place, portal in enumerate(written, start=1)
    ]
    found = read_small(
        tmp_path, payments=PAYMENTS + "".join(rows), indicators=definitions() + _PORTALS
    ).counted()

    assert {"gate": None, "shop": None, "other": 7} == _people(found.breakdowns, "portals")


def test_without_declared_portals_there_is_no_count_by_portal(tmp_path) -> None:
    """The register alone has them as free text."""
    assert "portals" not in set(read_small(tmp_path).counted().breakdowns["kind"])


_CAME = "attendance_id,event_id,name,sex,birth_year,locality,body\n"


def _came(**bodies: int) -> str:
    """Return an attendance of one workshop with so many people of each kind of body."""
    people = [body for body, number in bodies.items() for _ in range(number)]
    rows = [f"A{n},W1,Person {n} Sample,,,,{body.strip('_')}\n" for n, body in enumerate(people)]
    return _CAME + "".join(rows)


def test_participants_of_workshops_are_counted_by_kind_of_body(tmp_path) -> None:
    """Whoever has none recorded is counted as such, so that the rows add up to all people."""
    came = _came(ngo=6, cdc=5, _=7)
    found = read_small(tmp_path, attendance=came, tests=None, decisions=None).counted()
    counts = {key: n for key, n in _people(found.breakdowns, "participants").items() if n != 0}

    assert {"ngo": 6, "cdc": 5, "not_recorded": 7} == counts


def test_few_participants_of_a_kind_are_withheld_with_the_next_smallest(tmp_path) -> None:
    """One entrepreneur is a person whom everybody knows."""
    came = _came(ngo=6, cdc=5, entrepreneur=1)
    found = read_small(tmp_path, attendance=came, tests=None, decisions=None).counted()
    counts = {key: n for key, n in _people(found.breakdowns, "participants").items() if n != 0}

    assert {"ngo": 6, "cdc": None, "entrepreneur": None} == counts


def test_somebody_at_two_workshops_counts_once_with_the_first_body_recorded(tmp_path) -> None:
    """Consultations do not count."""
    twice = [
        f"A{n}{event},{event},Person {n} Sample,,,,{body}\n"
        for n in range(5)
        for event, body in (("W1", ""), ("W2", "ngo"), ("C1", "media"))
    ]
    held = "event_id,date,mode,title\nW1,2022-07-01,online,\nW2,2022-07-02,online,\n"
    found = read_small(
        tmp_path, attendance=_CAME + "".join(twice), workshops=held, tests=None, decisions=None
    ).counted()
    counts = {key: n for key, n in _people(found.breakdowns, "participants").items() if n != 0}

    assert {"ngo": 5} == counts


def test_an_attendance_without_bodies_has_no_count_by_body(tmp_path) -> None:
    """The column is optional; nobody recorded anything."""
    assert "participants" not in set(read_small(tmp_path).counted().breakdowns["kind"])


def test_without_a_register_of_workshops_there_is_no_count_by_body(tmp_path) -> None:
    """All came to a consultation."""
    came = _CAME + "".join(f"A{n},C1,Person {n} Sample,,,,ngo\n" for n in range(6))
    found = read_small(
        tmp_path, attendance=came, workshops=None, tests=None, decisions=None
    ).counted()

    assert "participants" not in set(found.breakdowns["kind"])

"""Distinct proposals: a repetition counts once after a decision, and texts are masked."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_activities import no_decisions
from small_indicators import DECISIONS, PROPOSALS, Small, project, read_small

from umid_research.indicators.proposals import distinct_proposals
from umid_research.study import Thresholds

_P1 = "P1,W1,2022-07-01,en,Put the budget on the notice board,north,services,municipality,M1,,,"
_P2 = "P2,,2022-07-02,en,Put the budget on the notice boards,south,money,municipality,,2022-07-05,,"


@pytest.fixture
def small(tmp_path: Path):
    """Reads the small registers with these proposals and decisions."""

    def read(*rows: str, decisions: tuple[str, ...] = ()) -> Small:
        return read_small(
            tmp_path,
            proposals=PROPOSALS + "\n".join(rows) + "\n",
            decisions=DECISIONS + "".join(f"proposal,{row},read both,ann\n" for row in decisions),
        )

    return read


def _open(found) -> list[tuple]:
    pairs = found.activity_duplicates
    pairs = pairs[pairs["kind"] == "proposal"]
    return list(pairs[["first", "second", "decision"]].itertuples(index=False, name=None))


def test_similar_proposals_are_a_pair_and_count_as_two(small) -> None:
    """One letter and a punctuation mark differ; a person has to decide."""
    found = small(_P1, _P2).counted()

    assert [("P1", "P2", "")] == _open(found)
    assert 2 == project(found).loc["proposals_collected", "actual"]
    assert 1 == project(found).loc["proposals_submitted", "actual"]


def test_after_a_decision_two_rows_are_one_proposal_with_two_mentions(small) -> None:
    """The first row gives the values, and the second fills its blanks."""
    made = small(_P1, _P2, decisions=("P1,P2,same",))
    named = made.study.model_copy(update={"thresholds": Thresholds(answers=1)})
    found = replace(made, study=named).counted()
    row = found.proposals.iloc[0]

    assert 1 == len(found.proposals) == project(found).loc["proposals_submitted", "actual"]
    assert ("P1", 2, "north south", "M1") == tuple(
        row[["proposal", "mentions", "district", "measure"]]
    )
    assert pd.Timestamp("2022-07-05") == row["submitted"]


def test_a_decision_that_they_differ_closes_the_pair(small) -> None:
    """The pair stays in the list with its decision."""
    found = small(_P1, _P2, decisions=("P1,P2,different",)).counted()

    assert 2 == len(found.proposals)
    assert [("P1", "P2", "different")] == _open(found)


_OTHER = {"language": "az", "text": "Büdcəni lövhədən asın"}


@pytest.mark.parametrize(
    ("other", "proposed"),
    [
        (_OTHER, True),
        (_OTHER | {"language": "ru", "text": "Повесьте бюджет на доску"}, True),
        (_OTHER | {"area": "money"}, False),
        (_OTHER | {"addressee": "ministry"}, False),
        (_OTHER | {"text": "Pul hara gedir, hamı görsün"}, False),
        (_OTHER | {"text": "Pul hara gedir, hamı görsün", "measure": "M1"}, True),
    ],
)
def test_across_languages_a_pair_needs_area_addressee_and_a_shared_word_or_measure(
    small, other, proposed
) -> None:
    """`budget`, `büdcə`, `бюджет`; without a shared word, or in another area, none is found."""
    made = small(_P1)
    study = made.study.model_copy(update={"languages": ("en", "az", "ru")})
    one = made.registers.frames["proposals"].assign(text_az="", text_ru="")
    rows = pd.concat([one, one.assign(**{"measure": "", "row": 3, "proposal_id": "P3", **other})])

    pairs = distinct_proposals(rows.reset_index(drop=True), no_decisions(), study).resolved.pairs
    assert ([("P1", "P3")] if proposed else []) == list(
        pairs[["first", "second"]].itertuples(index=False, name=None)
    )


def test_the_latest_reply_and_the_earliest_submission_count(small) -> None:
    """Two rows of one proposal were submitted and answered on different dates."""
    replies = ("2022-07-05,2022-08-01,accepted", "2022-07-04,2022-08-09,refused")
    rows = [
        row.rsplit(",", 3)[0] + "," + reply for row, reply in zip((_P1, _P2), replies, strict=True)
    ]
    row = small(*rows, decisions=("P1,P2,same",)).counted().proposals.iloc[0]

    assert ("refused", pd.Timestamp("2022-08-09")) == (row["reply"], row["reply_date"])
    assert pd.Timestamp("2022-07-04") == row["submitted"]


def test_personal_data_in_a_proposal_is_masked(small) -> None:
    """In the text and in its translation."""
    found = small(_P1.replace("notice board", "board of Mr Sample 050 123 45 67")).counted()
    row = found.proposals.iloc[0]

    assert "Put the budget on the board of [name] [phone]" == row["text_masked"] == row["text_en"]

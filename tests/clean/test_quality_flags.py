"""Submissions of doubtful quality are flagged with a reference, and not changed or set aside."""

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import clean_responses

N_ITEMS = 40
BATTERY = "".join(
    f"| | select_one five | item_{n} | Item {n}? | | {'trust' if n < 20 else 'faith'} | "
    f"{'yes' if n % 2 else ''} |\n"
    for n in range(N_ITEMS)
)
FORM = QUESTIONNAIRE.replace("| | integer | age", BATTERY + "| | integer | age")
DIMENSIONS = STUDY.replace(
    'duties.name.en = "Duties"', 'duties.name.en = "Duties"\nfaith.name.en = "F"'
)
ITEMS = [f"item_{n}" for n in range(N_ITEMS)]


def _table() -> pd.DataFrame:
    """Return the small export with forty more items, answered at random."""
    answers = np.random.default_rng(5).integers(1, 6, (10, N_ITEMS)).astype(str)
    return pd.concat([small_export(), pd.DataFrame(answers, columns=ITEMS)], axis=1)


@pytest.fixture
def flagged(read_all):
    """Return row and note of every issue of a rule, and the number of respondents."""

    def flag(table: pd.DataFrame, rule: str) -> tuple[list[tuple], int]:
        study, questionnaire, raw = read_all(
            study=DIMENSIONS, questionnaire=FORM, export=table.reset_index(drop=True)
        )
        frames = clean_responses(raw, questionnaire, study, key="k" * 16)
        rows = frames.issues[frames.issues["rule"] == rule]
        assert {"flagged"} >= set(rows["action"])
        return list(rows[["row", "note"]].itertuples(index=False, name=None)), len(frames.responses)

    return flag


def _twin(row: int, changed: int, **answers: str) -> pd.DataFrame:
    """Return the table with a copy of one row, with a new uuid and some items changed."""
    table = _table()
    twin = table.iloc[[row]].assign(_uuid="twin", **answers)
    for name in ITEMS[:changed]:
        twin[name] = str(int(twin[name].iloc[0]) % 5 + 1)
    return pd.concat([table, twin], ignore_index=True)


@pytest.mark.parametrize(
    ("changed", "found"),
    [(0, True), (2, True), (3, False)],
)
def test_nearly_equal_answers_of_one_place_and_group_are_flagged(flagged, changed, found) -> None:
    """Of 44 answers (40 items, three of trust, aware), 42 equal are 95.5 %, 41 are 93.2 %."""
    rows, n = flagged(_twin(1, changed), "near_same")

    assert ([(12, "export.csv, row 3")] if found else []) == rows
    assert 11 == n


def test_two_submissions_are_compared_with_each_other(flagged) -> None:
    """Also where there are no others."""
    assert [(3, "export.csv, row 2")] == flagged(_twin(1, 2).iloc[[1, 10]], "near_same")[0]


def test_equal_answers_of_different_places_are_not_flagged(flagged) -> None:
    """The comparison is limited to one place: an invented interview resembles others nearby."""
    assert [] == flagged(_twin(1, 0, village="n2"), "near_same")[0]


@pytest.mark.parametrize(("blank", "found"), [(24, [12]), (25, [])])
def test_few_equal_answers_are_not_flagged(flagged, blank, found) -> None:
    """Of 44 answers 20 are left, which is enough, or 19."""
    table = _twin(1, 0)
    table.loc[[1, 10], ITEMS[:blank]] = ""

    assert found == [row for row, _ in flagged(table, "near_same")[0]]


def test_the_search_finds_the_pairs_of_a_full_comparison(flagged) -> None:
    """Every pair of 300 similar submissions is compared cell by cell."""
    rng = np.random.default_rng(8)
    table = pd.concat([_table().iloc[[1]]] * 300, ignore_index=True)
    table["_uuid"] = [f"u{n}" for n in range(300)]
    patterns = rng.integers(1, 6, (40, N_ITEMS))
    answers = patterns[rng.integers(0, 40, 300)]
    answers = np.where(rng.random(answers.shape) < 0.03, rng.integers(1, 6, answers.shape), answers)
    table[ITEMS] = answers.astype(str)

    rows, _ = flagged(table, "near_same")

    # Four further items are equal in all rows, so that 44 are compared.
    equal = (answers[:, np.newaxis] == answers).sum(axis=2) + 4
    pairs = np.tril(equal >= 0.95 * 44, -1)
    assert set(np.flatnonzero(pairs.any(axis=1)) + 2) == {row for row, _ in rows}
    assert all(pairs[row - 2, int(note.rpartition(" ")[2]) - 2] for row, note in rows)


@pytest.mark.parametrize("first", [0, 1])
def test_equal_submissions_without_uuid_are_flagged(flagged, first) -> None:
    """They may be two people, so both stay; only one flag is set, of the first row too."""
    table = _twin(first, 0).drop(columns="_uuid")

    assert ([(12, f"export.csv, row {first + 2}")], 11) == flagged(table, "same_answers")
    assert [] == flagged(table, "near_same")[0]


@pytest.mark.parametrize(
    ("lined", "found"),
    [([*ITEMS, "trust_1", "trust_2", "trust_3"], True), (ITEMS[:20], False), (ITEMS[1:], False)],
    ids=["both batteries", "half of one, and one more item", "all but one item"],
)
def test_one_answer_through_two_batteries_is_flagged(flagged, lined, found) -> None:
    """Some items are reversed, so one answer throughout contradicts itself."""
    table = _table()
    table.loc[2, lined] = "4"

    assert ([(4, "")] if found else []) == flagged(table, "straight_lining")[0]


def test_dont_know_throughout_is_not_flagged(flagged) -> None:
    """`dk` has no score, so it does not contradict itself."""
    table = _table()
    table.loc[2, [*ITEMS, "trust_1", "trust_2", "trust_3"]] = "dk"

    assert [] == flagged(table, "straight_lining")[0]


def test_a_group_below_its_quota_is_flagged(cleaned) -> None:
    """Rows 3 and 7 are the only people of n2 and s2: two of four units remain."""
    frames = cleaned(small_export().drop(index=[3, 7]))

    (issue,) = frames.issues.to_dict("records")
    assert ("quota", "kind", "flagged", "p", "2 of 4") == tuple(
        issue[name] for name in ("rule", "column", "action", "old", "note")
    )
    assert pd.isna(issue["row"])
    assert pd.isna(issue["respondent"])

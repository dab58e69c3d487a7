"""Test the change between two rounds: which items count, at which places, and what is computed."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export, write_small

from umid_research.analysis.change import Round, compare_items, measure_change
from umid_research.clean import clean_responses
from umid_research.errors import StudyError
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

TRUST = ["trust_1", "trust_2", "trust_3"]


def _round(folder: Path, **parts: object) -> Round:
    folder = write_small(folder, **parts)  # type: ignore[arg-type]
    study = read_study(folder)
    form = read_questionnaire(folder, study)
    cleaned = clean_responses(read_raw(folder, form, study), form, study, key="k" * 16)
    return Round(cleaned.responses, cleaned.states, form, study)


def _answered(village: str, kind: str, trust: str) -> pd.Series:
    """Return an interview with these three answers about trust, the second one reversed."""
    row = small_export().iloc[0].copy()
    row[["village", "kind", "place"]] = [village, kind, village[0]]
    row[TRUST] = list(trust)
    row["duty"] = "3" if kind == "o" else ""
    return row


def _export(**cells: str) -> pd.DataFrame:
    """Return an export with one interview per cell, such as n1_p = "513": trust 100, 100, 50."""
    rows = [_answered(*cell.split("_"), trust) for cell, trust in cells.items()]
    made = pd.DataFrame(rows).reset_index(drop=True)
    return made.assign(_uuid=[f"uuid-{n}" for n in range(len(made))])


def _forms(tmp_path: Path, later: str, earlier: str = QUESTIONNAIRE) -> list[Questionnaire]:
    folders = [
        write_small(tmp_path / name, questionnaire=form)
        for name, form in (("one", earlier), ("two", later))
    ]
    return [read_questionnaire(folder, read_study(folder)) for folder in folders]


def _states(items: pd.DataFrame) -> dict[str, tuple[str, bool]]:
    return {row.item: (row.state, row.used) for row in items.itertuples()}


def test_items_are_the_same_if_wording_choices_and_scores_are(tmp_path) -> None:
    """Spaces and capitals make no other wording."""
    later = QUESTIONNAIRE.replace("Do you trust them?", "Do you  TRUST them?")

    assert _states(compare_items(*_forms(tmp_path, later), {})) == {
        "trust_1": ("same", True),
        "trust_2": ("same", True),
        "trust_3": ("same", True),
        "duty": ("same", True),
    }


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("Do you trust them?", "Do you like them?", "wording"),
        ("trust | yes |", "trust | |", "scale"),
        ("| | select_one five | trust_2", "| | select_one six | trust_2", "scale"),
        ("| | five | 5 | Fully |", "| | five | 5 | Quite |", "scale"),
    ],
)
def test_a_changed_item_is_not_compared_and_says_what_changed(tmp_path, old, new, state) -> None:
    """Another wording; another direction; another list of choices; other words of a choice."""
    six = "".join(f"| | six | {n} | {n} of 6 | {n} |\n" for n in range(1, 7))
    later = QUESTIONNAIRE.replace(old, new).replace("| settings |", six + "| settings |")
    changed = "trust_1" if state == "wording" else "trust_2"

    assert _states(compare_items(*_forms(tmp_path, later), {}))[changed] == (state, False)


def test_an_item_of_one_round_only_is_listed_and_not_compared(tmp_path) -> None:
    """In either direction; the later form's order, then the rest."""
    without = QUESTIONNAIRE.replace(
        "| | select_one five | trust_3 | Do they keep their word? | | trust | |\n", ""
    )

    assert _states(compare_items(*_forms(tmp_path, without), {}))["trust_3"] == ("earlier", False)
    other = tmp_path / "other"
    assert _states(compare_items(*_forms(other, QUESTIONNAIRE, without), {}))["trust_3"] == (
        "later",
        False,
    )


def test_a_bridge_compares_a_changed_item_all_the_same(tmp_path) -> None:
    """Declared with a reason."""
    forms = _forms(tmp_path, QUESTIONNAIRE.replace("Do you trust them?", "Do you trust it?"))
    items = compare_items(*forms, {"trust_1": "They were the office before."})

    assert _states(items)["trust_1"] == ("wording", True)
    assert ["trust_1"] == items.loc[items["bridged"], "item"].to_list()


def test_a_bridge_over_nothing_is_refused(tmp_path) -> None:
    """It would hide a mistake; the error names the items that did change."""
    forms = _forms(tmp_path, QUESTIONNAIRE.replace("Do you trust them?", "Do you trust it?"))

    with pytest.raises(StudyError, match=r"trust_2.*trust_1"):
        compare_items(*forms, {"trust_2": "why"})


def test_forms_without_a_common_language_are_refused(tmp_path) -> None:
    """Nobody could tell whether an item is the same."""
    later = QUESTIONNAIRE.replace("English (en)", "Azərbaycan (az)")
    az = STUDY.replace('["en"]', '["az"]').replace(".en =", ".az =")
    az = az.replace("name.en", "name.az")
    folder = write_small(tmp_path / "az", questionnaire=later, study=az)
    forms = [
        _forms(tmp_path, QUESTIONNAIRE)[0],
        read_questionnaire(folder, read_study(folder)),
    ]

    with pytest.raises(StudyError, match="no language in common"):
        compare_items(*forms, {})


# The score of "513" is (100 + 100 + 50) / 3; choices 1 to 5 are 0, 25, …, 100, trust_2 reversed.
BEFORE = {
    "n1_p": "333",
    "n1_o": "333",
    "n2_p": "333",
    "n2_o": "153",
    "s1_p": "333",
    "s1_o": "333",
}
AFTER = {
    "n1_p": "513",
    "n1_o": "333",
    "n2_p": "423",
    "n2_o": "333",
    "s2_p": "333",
    "s2_o": "333",
}


def _changes(tmp_path: Path, before=BEFORE, after=AFTER, **later: object) -> pd.DataFrame:
    rounds = [
        _round(tmp_path / "one", export=_export(**before)),
        _round(tmp_path / "two", export=_export(**after), **later),
    ]
    items = compare_items(rounds[0].questionnaire, rounds[1].questionnaire, {})
    return measure_change(*rounds, items, seed=1)


def test_a_change_is_the_mean_change_of_the_places_of_both_rounds(tmp_path) -> None:
    """n1 and n2; s1 and s2 were visited once. People: +33.3 and +16.7, office: 0 and +33.3."""
    rows = _changes(tmp_path).query("dimension == 'trust'").set_index("group")

    assert [2, 2, 2] == rows["places"].to_list()
    assert rows.loc["people", ["earlier", "later", "change"]].to_list() == pytest.approx(
        [50, 75, 25]
    )
    assert rows.loc["office", ["earlier", "later", "change"]].to_list() == pytest.approx(
        [(50 + 50 / 3) / 2, 50, 100 / 6]
    )
    assert rows.loc["", "change"] == pytest.approx((25 + 100 / 6) / 2)


def test_people_at_places_of_one_round_are_counted_apart(tmp_path) -> None:
    """A reader who knows the whole group's mean could work out theirs."""
    rows = _changes(tmp_path).query("dimension == 'trust'").set_index("group")
    counts = [
        f"{name}_{of}"
        for of in ("earlier", "later")
        for name in ("people", "left_units", "left_people")
    ]

    assert rows.loc["people", counts].to_list() == [2, 1, 1, 2, 1, 1]
    assert rows.loc["", counts].to_list() == [4, 2, 2, 4, 2, 2]


def test_the_p_of_a_change_comes_from_all_flips_of_whole_places(tmp_path) -> None:
    """Counted anew over the 8 patterns of three places, with the adjustment over the family."""
    places = ("n1", "n2", "s1")
    before = {f"{place}_{kind}": "333" for place in places for kind in "po"}
    answers = {"n1_p": "513", "n1_o": "423", "n2_p": "423", "n2_o": "333", "s1_p": "513"}
    rows = _changes(tmp_path, before, before | answers)
    rows = rows[rows["family"] == "F"]
    # Changes of people and office at the three places; trust alone makes the index.
    differences = np.array([[100 / 3, 100 / 6], [100 / 6, 0], [100 / 3, 0]])
    sums = np.array(
        [np.abs(np.array(signs) @ differences) for signs in product((1, -1), repeat=3)]
    ).round(6)
    own = (sums[:, None] <= sums[None]).mean(axis=1)  # share of flips at least as extreme
    smallest = own.min(axis=1)
    expected = {"people": own[0, 0], "office": own[0, 1]}
    found = rows[rows["dimension"] == "trust"].set_index("group")

    assert found["p"].to_dict() == pytest.approx(expected)
    assert found.loc["people", "p_adjusted"] == pytest.approx((smallest <= own[0, 0]).mean())


def test_only_shared_items_count_and_whole_says_so(tmp_path) -> None:
    """Without trust_1 the change of people at n1 is that of the two others: 50 to 75."""
    later = QUESTIONNAIRE.replace("Do you trust them?", "Do you like them?")
    rows = _changes(tmp_path, questionnaire=later).set_index(["dimension", "group"])
    same = _changes(tmp_path / "same").set_index(["dimension", "group"])

    assert (2, False) == tuple(rows.loc[("trust", ""), ["items", "whole"]])
    assert (3, True) == tuple(same.loc[("trust", ""), ["items", "whole"]])
    assert rows.loc[("trust", "people"), "later"] == pytest.approx((75 + 62.5) / 2)


def test_what_one_group_alone_was_asked_is_not_compared(tmp_path) -> None:
    """Only the office was asked about its duties."""
    assert {"trust", "index"} == set(_changes(tmp_path)["dimension"])


def test_all_groups_together_are_a_family_of_their_own(tmp_path) -> None:
    """It states changes; those of single groups are leads."""
    rows = _changes(tmp_path)

    assert {""} == set(rows.loc[rows["family"] == "E", "group"])
    assert {"people", "office"} == set(rows.loc[rows["family"] == "F", "group"])


def test_rounds_without_a_common_place_are_refused(tmp_path) -> None:
    """Nothing could be compared with itself; found are the later places, possible the earlier."""
    with pytest.raises(StudyError, match=r"no place in common; found 's1'; possible: n1$"):
        _changes(tmp_path, {"n1_p": "333", "n1_o": "333"}, {"s1_p": "333", "s1_o": "333"})


def test_rounds_without_matched_groups_are_refused(tmp_path) -> None:
    """A place is known only by groups that are matched by locality."""
    with pytest.raises(StudyError, match="no group is matched by locality in both rounds"):
        _changes(tmp_path, study=STUDY.replace("matched = true, ", ""))


def test_rounds_without_a_common_item_are_refused(tmp_path) -> None:
    """All wordings are others."""
    later = QUESTIONNAIRE
    for words in (
        "Do you trust them?",
        "Do they hide things?",
        "Do they keep their word?",
        "Do you report in time?",
    ):
        later = later.replace(words, f"Newly: {words}")

    with pytest.raises(StudyError, match="no item is the same"):
        _changes(tmp_path, questionnaire=later)


def test_the_index_of_both_rounds_is_the_mean_of_the_same_dimensions(tmp_path) -> None:
    """The later round asked everybody about duties, the earlier one only the office."""
    everybody = QUESTIONNAIRE.replace("in time? | ${kind} = 'o' |", "in time? | |")
    assert everybody != QUESTIONNAIRE
    rows = _changes(tmp_path, questionnaire=everybody).set_index(["dimension", "group"])

    for name in ("earlier", "later"):
        assert rows.loc[("index", "people"), name] == rows.loc[("trust", "people"), name]

"""Replaying the log on raw gives responses again: every changed cell is a logged change."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.clean import (
    RULES,
    Cleaned,
    clean_responses,
    question_columns,
    read_cleaned,
    read_corrections,
    replay,
)
from umid_research.frames import write_frames
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("UMID_SHARED_REAL", ROOT.parent / "shared" / "real"))
BAROMETER = REAL / "caucasus-barometer-2010"
KEY = "k" * 16
CHANGES = ("changed", "blanked", "masked")

FORM = QUESTIONNAIRE.replace("dimension | reverse |", "dimension | reverse | constraint |").replace(
    "| How old are you? | | | |", "| How old are you? | | | | . >= 18 and . < 100 |"
)
WITH_NAMES = STUDY.replace("seed = 1", 'seed = 1\nnames = ["Plan Tokenov"]').replace(
    'name.en = "North"', 'name.en = "North"\naliases = ["Şimal"]'
)
# What can go wrong in each column of the small export; every rule that changes cells is there.
FLAWS: dict[str, tuple[str, ...]] = {
    "consent": ("no", "", "YES", " yes "),
    "place": ("NORTH", "şimal", "SIMAL", "Nrth", "", "x", " n "),
    "kind": ("PEOPLE", "peple", "", "p "),
    "village": ("NORTH-1", "n9", "", "s1", "South 2"),
    "organisation": ("", "Friends", " helpers "),
    "aware": ("no", "maybe", "", "NO", "yes"),
    "channels": ("web tv", "tv tv", "radio", "web radio tv", "tv; web", "TELEVISION", "", "tv"),
    "trust_1": ("9", "4.0", "fully", " 4 ", "dk", "Fuly", "my name is Anar"),
    "trust_2": ("ref", "1,0", ""),
    "duty": ("4", "", "6"),
    "age": ("17", "101", "30.0", "3O", "12 345", "1,234", "0501234567", "25,0", " 30"),
    "proposal": (
        "More light.",
        " two  blanks ",
        "Call Anar bəy on 050 123-45-67",
        "a@b.az or Plan  Tokenov\nknows",
        'Line one\nline two; "quoted"',
        "[phone]",
    ),
    "_uuid": ("uuid-0", ""),
}


def _flawed(flaws: list[tuple[int, str, str]]) -> pd.DataFrame:
    """Return the small export three times, with flaws (row, column, text)."""
    table = pd.concat([small_export()] * 3, ignore_index=True)
    table["_uuid"] = [f"uuid-{number}" for number in range(len(table))]
    for row, column, text in flaws:
        table.loc[row, column] = text
    return table


def _changed_cells(raw: pd.DataFrame, cleaned: Cleaned, questionnaire, study) -> set[tuple]:
    """Return file, row and question of every cell that differs from the received text.

    Spaces around an answer and the order of ticks do not count, and `30.0` equals `30`.
    """
    aside = set(cleaned.set_aside[["file", "row"]].itertuples(index=False, name=None))
    received = [row for row in raw.to_dict("records") if (row["file"], row["row"]) not in aside]
    roles = study.roles
    back = {
        roles.district: ("district", {key: d.code for key, d in study.districts.items()}),
        roles.group: ("group", {key: g.code for key, g in study.groups.items()}),
    }
    if roles.locality:
        back[roles.locality] = ("locality", None)
    columns = {name: (name, None) for name in question_columns(cleaned.states)} | back
    changed = set()
    for was, now in zip(received, cleaned.responses.to_dict("records"), strict=True):
        for name, (column, codes) in columns.items():
            value = "" if pd.isna(now[column]) else now[column]
            value = codes[value] if codes else value
            if not _is_same(was[name], value, questionnaire[name].kind):
                changed.add((was["file"], was["row"], name))
    return changed


def _is_same(text: str, value: object, kind: str) -> bool:
    text = text.strip()
    if kind in ("integer", "decimal"):
        try:
            return float(text) == value if text else value == ""
        except ValueError:
            return False
    if kind == "select_multiple":
        return set(text.split()) == set(str(value).split())
    return text == value


def _check_ledger(raw, questionnaire, study, corrections=None) -> Cleaned:
    cleaned = clean_responses(raw, questionnaire, study, key=KEY, corrections=corrections)

    again = replay(
        raw,
        cleaned.issues,
        cleaned.set_aside,
        questionnaire,
        study,
        key=KEY,
        corrections=corrections,
    )
    pd.testing.assert_frame_equal(cleaned.responses, again)
    assert len(raw) == len(cleaned.responses) + len(cleaned.set_aside)
    issues = cleaned.issues
    aside = pd.MultiIndex.from_frame(cleaned.set_aside[["file", "row"]])
    kept = issues[issues["action"].isin(CHANGES)].astype({"row": "int64"})
    kept = kept[~pd.MultiIndex.from_frame(kept[["file", "row"]]).isin(aside)]
    roles = study.roles
    seen = {*question_columns(cleaned.states), roles.district, roles.group, roles.locality}
    logged = {
        (issue.file, issue.row, issue.column) for issue in kept.itertuples() if issue.column in seen
    }
    assert _changed_cells(raw, cleaned, questionnaire, study) == logged
    return cleaned


def test_the_replay_matches_with_every_flaw_at_once(read_all) -> None:
    """Each flaw has its own row as far as possible, and every rule applies."""
    pairs = [(column, text) for column, texts in FLAWS.items() for text in texts]
    rules, rows = set(), 30
    for start in range(0, len(pairs), rows):
        flaws = [(row, *pair) for row, pair in enumerate(pairs[start : start + rows])]
        flaws.append((29, "organisation", ""))
        study, questionnaire, raw = read_all(
            study=WITH_NAMES, questionnaire=FORM, export=_flawed(flaws), name=f"part {start}"
        )
        cleaned = _check_ledger(raw, questionnaire, study)
        rules |= {*cleaned.issues["rule"], *cleaned.set_aside["rule"]}

    assert rules <= set(RULES)
    assert rules >= {
        *("place_spelling", "choice_label", "number_format", "unknown_choice", "not_a_number"),
        *("out_of_range", "not_asked", "mask_phone", "mask_name", "mask_email"),
        *("no_consent", "unknown_district", "unknown_group", "unknown_locality", "no_unit"),
        "duplicate_differs",
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    flaws=st.lists(
        st.sampled_from(sorted(FLAWS)).flatmap(
            lambda column: st.tuples(
                st.integers(0, 29), st.just(column), st.sampled_from(FLAWS[column])
            )
        ),
        max_size=80,
    )
)
def test_the_replay_matches_with_any_mixture_of_flaws(read_all, flaws) -> None:
    """Rows may have several flaws, including rows that are set aside."""
    study, questionnaire, raw = read_all(
        study=WITH_NAMES, questionnaire=FORM, export=_flawed(flaws)
    )

    _check_ledger(raw, questionnaire, study)


def test_the_replay_matches_with_corrections_and_from_disk(write_study, read_all, tmp_path) -> None:
    """The written log is used, with corrections of a code, a number, a text and a name."""
    table = _flawed([(0, "proposal", "old text"), (1, "age", "3O"), (9, "organisation", "Hlpers")])
    folder = write_study(study=WITH_NAMES, questionnaire=FORM, export=table)
    (folder / "corrections.csv").write_text(
        "submission;column;old;new;reason;by\n"
        "uuid-0;proposal;old text;call Anar bəy;heard again;A\n"
        "uuid-1;age;3O;30,0;typing;A\n"
        "uuid-2;trust_1;5;4;typing;A\n"
        "uuid-9;organisation;Hlpers;Helpers;typing;A\n",
        encoding="utf-8",
    )
    study, questionnaire, raw = read_all(study=WITH_NAMES, questionnaire=FORM, export=table)
    corrections = read_corrections(folder)
    cleaned = _check_ledger(raw, questionnaire, study, corrections)
    write_frames(tmp_path / "frames", cleaned.frames(questionnaire, study), study)

    read = read_cleaned(tmp_path / "frames", questionnaire)
    again = replay(
        raw, read.issues, read.set_aside, questionnaire, study, key=KEY, corrections=corrections
    )

    pd.testing.assert_frame_equal(cleaned.responses, again)
    assert "call [name]" == again.loc[0, "proposal"]
    assert 4 == (read.issues["rule"] == "correction").sum()


@pytest.mark.parametrize("damage", ["a change that was not logged", "a change that was not made"])
def test_a_change_without_an_issue_is_detected(read_all, damage) -> None:
    """The check can fail."""
    export = _flawed([(0, "trust_1", "9"), (1, "age", "101")])
    study, questionnaire, raw = read_all(study=WITH_NAMES, questionnaire=FORM, export=export)
    cleaned = clean_responses(raw, questionnaire, study, key=KEY)
    issues = cleaned.issues.copy()
    if damage == "a change that was not logged":
        issues = issues.iloc[1:]
    else:
        issues.loc[0, "new"] = "3"

    again = replay(raw, issues, cleaned.set_aside, questionnaire, study, key=KEY)

    assert not cleaned.responses.equals(again)


def _read(folder: Path) -> tuple:
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    return read_raw(folder, questionnaire, study), questionnaire, study


def test_the_replay_matches_on_the_bundled_study() -> None:
    """KoboToolbox and Google Forms, with the flaws listed in simulation.toml."""
    folder = ROOT / "data" / "raw"

    cleaned = _check_ledger(*_read(folder), read_corrections(folder))

    assert {"unknown_choice", "not_asked"} <= set(cleaned.issues["rule"])


@pytest.mark.parametrize(
    "export",
    ["export_values.csv", "export_values_groups.csv", "export_labels.csv", "export_labels.xlsx"],
)
def test_the_replay_matches_on_real_interviews(tmp_path, export) -> None:
    """2,001 interviews, as codes and as labels, with typing errors in every tenth."""
    if not BAROMETER.is_dir():
        pytest.skip(f"no real data at {BAROMETER}; UMID_SHARED_REAL names their folder")
    folder = tmp_path / "barometer"
    shutil.copytree(ROOT / "tests" / "data" / "caucasus-barometer-2010", folder)
    shutil.copyfile(BAROMETER / "questionnaire.xlsx", folder / "questionnaire.xlsx")
    (folder / "responses").mkdir(exist_ok=True)
    shutil.copyfile(BAROMETER / export, folder / "responses" / export)
    raw, questionnaire, study = _read(folder)
    mistyped = raw.copy()
    rng = np.random.default_rng(2010)
    for name in [q.name for q in questionnaire if q.kind == "select_one"]:
        rows = rng.choice(len(raw), 20, replace=False)
        mistyped.loc[rows, name] = rng.choice(["99", "5.0", "", "x y"], 20)

    assert 2001 == len(_check_ledger(raw, questionnaire, study).responses)
    _check_ledger(mistyped, questionnaire, study)

"""Test the command that compares two rounds, from two study folders to a report of change."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from small_study import STUDY, small_export, write_small

_VILLAGES = [f"{side}{n}" for side in "ns" for n in range(1, 5)]


def _study(name: str, year: int, **replaced: str) -> str:
    text = STUDY.replace('id = "small"', f'id = "{name}"').replace("2022-", f"{year}-")
    for side in "ns":
        listed = ", ".join(f'"{village}"' for village in _VILLAGES if village[0] == side)
        text = text.replace(f'["{side}1", "{side}2"]', f"[{listed}]")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text


def _form() -> str:
    from small_study import QUESTIONNAIRE

    added = "".join(f"| | village | {one} | {one} | |\n" for one in _VILLAGES if one[1] in "34")
    return QUESTIONNAIRE.replace("| | aware | yes", f"{added}| | aware | yes", 1)


def _export(shift: int) -> pd.DataFrame:
    """Return two people and one official in each of eight villages; their trust differs."""
    rows = []
    for number, village in enumerate(_VILLAGES):
        for place, kind in enumerate("ppo"):
            row = small_export().iloc[0].copy()
            first = 2 + (number + place) % 2 + shift
            answers = {"trust_1": first, "trust_2": 3 - number % 2, "trust_3": 2 + shift}
            row[["village", "kind", "place"]] = [village, kind, village[0]]
            row[list(answers)] = [str(one) for one in answers.values()]
            row["duty"] = "3" if kind == "o" else ""
            rows.append(row)
    made = pd.DataFrame(rows).reset_index(drop=True)
    return made.assign(_uuid=[f"uuid-{n}" for n in range(len(made))])


def _change(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "umid_research", "change", *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def _rounds(home: Path, **later: str) -> tuple[str, ...]:
    write_small(
        home / "one", study=_study("one", 2022), questionnaire=_form(), export=_export(shift=0)
    )
    study = _study("two", 2025)
    for old, new in later.items():
        study = study.replace(old, new)
    write_small(home / "two", study=study, questionnaire=_form(), export=_export(shift=1))
    return "--raw", "two", "--earlier", "one"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("rounds")
    done = _change(home, *_rounds(home))
    assert 0 == done.returncode, done.stderr
    assert "open     build/two/change/en/change.html" in done.stdout
    return home / "build" / "two" / "change" / "en"


def test_the_numbers_are_those_of_the_answers(made) -> None:
    """trust_1 and trust_3 rise by one of four steps, trust_2 stays: two thirds of 25 points."""
    rows = pd.read_csv(made / "change.csv", keep_default_na=False).set_index(["dimension", "group"])
    trust = rows.loc[("trust", "people")]

    assert {"simulated"} == set(rows["provenance"])

    assert "8" == str(int(float(trust["places"])))
    assert 50 / 3 == pytest.approx(float(trust["change"]), abs=1)


def test_the_report_says_what_has_changed_in_every_format(made) -> None:
    """One document: the page, the PDF and the Word file."""
    page = (made / "change.html").read_text(encoding="utf-8")

    assert "What has changed?" in page
    assert "2022" in page
    assert "2025" in page
    assert "SIMULATED DATA" in page
    assert "All 4 scored questions of the two rounds are the same." in page
    assert (made / "change.pdf").read_bytes().startswith(b"%PDF")
    assert (made / "change.docx").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({'id = "two"': 'id = "one"'}, "the two rounds have the same id"),
        ({'"simulated"': '"field"'}, "simulated answers are not compared with those of people"),
        ({"2025-": "2021-"}, "the earlier round does not begin before the later one"),
    ],
    ids=["id", "provenance", "order"],
)
def test_folders_that_are_no_two_rounds_are_refused_in_one_line(tmp_path, later, said) -> None:
    """Before any frame is made."""
    done = _change(tmp_path, *_rounds(tmp_path, **later))

    assert 1 == done.returncode
    assert said in done.stderr
    assert 1 == len(done.stderr.strip().splitlines())
    assert not (tmp_path / "build").exists()

"""Valid forms, mutated: each becomes a study and is checked, or ends in one clear error.

Of a form without faults an export is made, whose submissions are read and cleaned.
"""

import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import QUESTIONNAIRE
from test_fuzz import outcome

from umid_research.errors import UmidError
from umid_research.forms import lint_form
from umid_research.study.begin import advice, begin_study
from umid_research.study.questionnaire import read_form

EXAMPLES = int(os.environ.get("UMID_FUZZ_EXAMPLES", "200"))
CELLS = [
    *("", "label", "label::English", "label::Xyz", "label:az", "hint::az (az)", "type", "name"),
    *("relevant", "relevance", "constraint", "choice_filter", "calculation", "or_other", "score"),
    *("begin_group", "end_group", "begin_repeat", "end_repeat", "note", "calculate", "hidden"),
    *("select_one yes_no or_other", "select_multiple five", "select_one_from_file v.csv", "rank x"),
    *("range", "start=0 end=5 step=1", "geopoint", "audio", "percentage", "end", "start", "today"),
    *("${age} + 1 > 2", "../age", ". > today()", "if(", "“a”", "${age}", "${q} = ${q}", "(" * 99),
    *("selected(${channels}, 1)", "pulldata('f', 'a', 'b', 'c')", "a=${place}", "of = ${kind}"),
    *("rank five", "rank channel", "select_one place or_other", "bind::type", "int", "decimal"),
    *("if(${age} > 1, 2, 3)", "concat('a', ${kind})", "once(random())", "selected-at(${x}, 0)"),
    *("x y", "1", "yes", "row", "district", "place", "-", "a/b", "Şəki", "\u202ex", "x" * 400),
]
_Rows = list[list[str]]


def _cell(rows: _Rows, rng: random.Random) -> None:
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = rng.choice(CELLS)


def _twice(rows: _Rows, rng: random.Random) -> None:
    rows.insert(rng.randrange(len(rows)), list(rng.choice(rows)))


def _gone(rows: _Rows, rng: random.Random) -> None:
    if len(rows) > 1:
        del rows[rng.randrange(len(rows))]


def _blank_column(rows: _Rows, rng: random.Random) -> None:
    column = rng.randrange(1, 5)
    for row in rows:
        row[column : column + 1] = (
            [""] if column < len(row) and rng.random() < 0.9 else row[column:][:1]
        )


def _header(rows: _Rows, rng: random.Random) -> None:
    row = rng.choice([row for row in rows if "name" in row] or rows)
    row[rng.randrange(len(row))] = rng.choice(CELLS)


CHANGES: list[Callable[[_Rows, random.Random], None]] = [
    _cell,
    _twice,
    _gone,
    _blank_column,
    _header,
]


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.randoms(use_true_random=False))
def test_a_mutated_form_begins_a_study_or_gives_one_error(rng) -> None:
    """Never a traceback, and never a half-written study."""
    rows = [line.strip("|").split("|") for line in QUESTIONNAIRE.strip().splitlines()]
    rows = [[cell.strip() for cell in row] for row in rows]
    for _ in range(rng.choice([1, 1, 2, 4])):
        rng.choice(CHANGES)(rows, rng)
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    with tempfile.TemporaryDirectory() as place:
        form, folder = Path(place) / "form.md", Path(place) / "study"
        form.write_text(text, encoding="utf-8")
        try:
            begin_study(
                folder, form, district="place", group="kind", language=rng.choice(["", "en", "az"])
            )
        except UmidError as error:
            assert "\n" not in str(error)
            assert not folder.exists()
            return
        description = folder / "study.toml"
        filled = description.read_text(encoding="utf-8").replace('= ""', '= "X"')
        filled = filled.replace("# start =", "start = 2024-01-01").replace(
            "# end =", "end = 2024-02-01"
        )
        filled = filled.replace("dont_know = []", 'dont_know = ["dk", "ref"]')
        description.write_text(filled, encoding="utf-8")
        lines = list(advice(folder))
        assert all(line and "\n" not in line for line in lines)
        try:
            faults = lint_form(folder)
        except UmidError as error:
            assert "\n" not in str(error)
            return
        assert all("\n" not in fault for fault in faults)
        if not faults:
            _export(folder, rng)
            assert outcome(folder)


def _export(folder: Path, rng: random.Random) -> None:
    """Write an export with random answers to all questions and fields, and to one more."""
    questionnaire = read_form(folder / "questionnaire.md", ["en", "az"])
    columns: dict[str, list[str]] = {"_uuid": [f"u{n}" for n in range(6)]}
    for question in questionnaire.columns:
        known = question.choice_names or ("3", "2024-03-01", "45.000", "word")
        columns[question.name] = rng.choices([*known, ""], k=6)
    for name in questionnaire.ranks:
        columns[name] = [""] * 6
    if rng.random() < 0.1:
        columns["unknown"] = ["x"] * 6
    pd.DataFrame(columns).to_csv(folder / "responses" / "export.csv", index=False)

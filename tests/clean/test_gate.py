"""The gate for text in registers: no column without a declaration, no words that are not masked."""

import ast
from pathlib import Path

import pandas as pd
import pytest
from small_activities import DEFINITIONS, REGISTERS, write_activities
from small_plan import CODES, MEETINGS, PLAN_QUESTIONNAIRE, plan_export, write_plan
from small_study import frame_texts, small_export

from umid_research.__main__ import main
from umid_research.analysis import meetings
from umid_research.analysis.implementation import analyst, evidence
from umid_research.clean.privacy import Content
from umid_research.clean.privacy.gate import admit
from umid_research.indicators import read_definitions
from umid_research.indicators.columns import Known
from umid_research.indicators.schema import schemas
from umid_research.study import read_study

PACKAGE = Path(__file__).resolve().parents[2] / "umid_research"
WORDS = {
    "proposals": {"text", "text_en"},
    "decisions": {"reason"},
    "explanations": {"explanation", "explanation_en"},
}
INTERNAL = {
    "pages": {"url", "screenshot"},
    "posts": {"title", "url", "screenshot"},
    "consultations": {"topic"},
    "workshops": {"title"},
    "attendance": {"name"},
    "payments": {"portal", "screenshot"},
    "terminals": {"letter"},
    "proposals": {"letter"},
    "press": {"site", "url", "title"},
    "platforms": {"member", "document"},
    "deliverables": {"recipient", "document"},
    "decisions": {"by"},
    "explanations": {"by"},
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A study folder with every register, small."""
    raw = write_plan(write_activities(tmp_path / "raw"))
    (raw / "questionnaire.md").write_text(PLAN_QUESTIONNAIRE, encoding="utf-8")
    (raw / "responses").mkdir()
    plan_export(small_export()).to_csv(raw / "responses" / "e.csv", sep=";", index=False)
    return raw


def test_a_column_that_nobody_declared_is_refused() -> None:
    """A new column has to say how its text is treated; declared ones pass."""
    rows = pd.DataFrame({"id": ["A1"], "remark": ["Ask Mr Sample"]})

    with pytest.raises(KeyError, match="without a declared content: remark"):
        admit(rows, {"id": Content.CODE}, names=())
    assert ["Ask [name]"] == (
        admit(rows, {"id": Content.CODE, "remark": Content.WORDS}, names=())["remark"].tolist()
    )


def test_words_are_masked_and_nothing_else_is() -> None:
    """What is compared inside the computation has to stay as it was written."""
    said = "Zəng edin: Anar müəllim, 050 123-45-67"
    contents = dict(zip("abcd", Content, strict=True))
    rows = pd.DataFrame({column: [said] for column in contents})

    found = admit(rows, contents, names=()).iloc[0]

    masked = {column for column in contents if found[column] != said}
    assert {column for column, kind in contents.items() if kind is Content.WORDS} == masked
    assert "Zəng edin: [name], [phone]" == found["b"]
    assert found["personal"]


def test_a_row_in_which_nothing_is_found_is_not_personal() -> None:
    """Only words are searched: a link in another column marks nobody."""
    rows = pd.DataFrame({"said": ["Mend the road"], "link": ["https://example.org/anar"]})
    contents = {"said": Content.WORDS, "link": Content.INTERNAL}

    assert not admit(rows, contents, names=("Anar",))["personal"].any()


def test_every_text_of_the_activities_has_its_treatment(tmp_path) -> None:
    """A new one fails here until somebody has thought about it."""
    (tmp_path / "indicators.toml").write_text(DEFINITIONS, encoding="utf-8")
    study = read_study(write_activities(tmp_path / "study"))
    plan = schemas(study, read_definitions(tmp_path), Known())

    for kind, expected in ((Content.WORDS, WORDS), (Content.INTERNAL, INTERNAL)):
        found = {
            name: {key for key, column in schema.columns.items() if column.content is kind}
            for name, schema in plan.items()
        }
        assert expected == {name: columns for name, columns in found.items() if columns}
    assert set(REGISTERS) | {"tests", "cards"} == set(plan)


def test_every_text_beside_the_survey_has_its_treatment() -> None:
    """The words of meetings and of analysts are masked; who coded or checked is not shown."""
    kinds = {
        (register.NAME, column): content
        for register in (meetings, analyst, evidence)
        for column, content in register.COLUMNS.items()
        if content is not Content.CODE
    }

    assert {
        ("meetings", "text"): Content.WORDS,
        ("meetings", "coder"): Content.INTERNAL,
        ("analyst_codes", "coded_by"): Content.INTERNAL,
        ("evidence", "link"): Content.INTERNAL,
        ("evidence", "checked_by"): Content.INTERNAL,
    } == kinds


def test_text_is_masked_by_the_gate_and_the_cleaning_only() -> None:
    """The gate masks registers, the cleaning masks answers; no other package has its own rule."""
    callers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and any(alias.name in ("mask_texts", "read_tables") for alias in node.names)
    }

    assert callers == {
        *(
            "clean/privacy/__init__.py",
            "clean/privacy/gate.py",
            "clean/answers.py",
            "clean/ledger.py",
        ),
        # It masks nothing: it asks which old answers an issue or an error message may show.
        "clean/privacy/shown.py",
        # They read all files of answers and registers, so that no text bypasses the gate.
        *("raw/files.py", "clean/registers.py"),
        # It looks for names in the addresses of the press, and shows no address with one.
        "indicators/public_pieces.py",
        # It reads the header of the measures only.
        "pipeline/catalogue.py",
        # It compares codes and numbers, and refuses questions with a text for an answer.
        "fieldwork/monitor/back_checks.py",
    }


LISTED = 'names = ["Səmədova", "Tokən Planlı"]\n'
SAID = "Səmədovaya deyin, Tokən Planlının evi; tapdıq@example.az"
MASKED = "[name] deyin, [name] evi; [email]"


def test_names_that_the_study_lists_are_masked_in_every_register(folder, tmp_path) -> None:
    """With the case endings of Azerbaijani; the stages after cleaning know them too."""
    described = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(LISTED + described, encoding="utf-8")
    planted = {
        "analyst_codes": CODES.replace("Half of it hangs there.", f'"{SAID}"'),
        "meetings": MEETINGS.replace("The road is bad.", f'"{SAID}"'),
        "activities/proposals": REGISTERS["proposals"].replace("Hang it up", f'"{SAID}"'),
        "activities/decisions": REGISTERS["decisions"].replace("The same words", f'"{SAID}"'),
        "activities/explanations": REGISTERS["explanations"].replace(
            "One was called off", f'"{SAID}"'
        ),
    }
    for name, text in planted.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    processed = tmp_path / "processed"

    for stage in ("clean", "implementation", "activities"):
        assert 0 == main([stage, "--raw", str(folder), "--processed", str(processed)])

    assert MASKED == frame_texts(processed, "reasons").iloc[0]["reason"]
    assert {MASKED} == set(frame_texts(processed, "proposals")["text_masked"])
    assert MASKED in set(frame_texts(processed, "activity_duplicates")["reason"])
    assert MASKED in set(frame_texts(processed, "indicators")["explanation"])
    assert "personal_data" in set(frame_texts(processed, "meeting_issues")["rule"])
    assert frame_texts(processed, "quotes").empty

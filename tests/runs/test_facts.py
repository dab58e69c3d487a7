"""What a process reads is noted, and compared by content later."""

import subprocess
import sys
from pathlib import Path

import pytest

from umid_research.runs import records, stamp
from umid_research.runs.facts import State
from umid_research.runs.records import Noted, facts, note, note_rows, start_noting, unnoted

SCORES = "dimension,district,value\ntrust,north,50\ntrust,south,60\nduties,south,70\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "scores.csv").write_text(SCORES)
    (tmp_path / "published" / "members.csv").write_text("question,percent\n")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.toml").write_text("a = 1")
    return tmp_path


def _changed(folder: Path, name: str, text: str) -> set[str]:
    """The facts that another text of a file changes."""
    rows = [f'rows:scores|["district", "{district}"]' for district in ("north", "south")]
    known = ["frame:published/scores.csv", "frame:study/study.toml", "frame:study/more.toml"]
    all_facts = [*rows, *known, "tables", "numbers", "dimensions", "inputs", "frames"]
    before = State(folder, folder).values(all_facts)
    (folder / name).write_text(text)
    after = State(folder, folder).values(all_facts)
    assert before.keys() == after.keys() == {*all_facts, "environment", "names"}
    changed = {fact for fact, value in after.items() if before[fact] != value}
    assert (changed == set()) == State(folder, folder).holds(before)
    return changed


def test_what_is_read_by_a_link_is_known_by_its_own_name(tmp_path, monkeypatch) -> None:
    """The file is a link, its folder is, or one above; a folder may be named by dots."""
    (tmp_path / "made" / "deep").mkdir(parents=True)
    for name in ("made/a.csv", "made/b.csv", "made/deep/c.csv", "else.csv"):
        (tmp_path / name).write_text("1")
    (tmp_path / "file").symlink_to(tmp_path / "made" / "a.csv")
    (tmp_path / "made" / "out.csv").symlink_to(tmp_path / "else.csv")
    (tmp_path / "folder").symlink_to(tmp_path / "made")
    opened = ["file", "folder/b.csv", "folder/deep/c.csv", "folder/deep/..", "made/out.csv"]
    monkeypatch.setattr(records, "_facts", set())
    monkeypatch.setattr(records, "_opened", {str(tmp_path / name) for name in opened})
    monkeypatch.setitem(records._state, "noting", True)

    found = {fact for fact in facts(tmp_path / "made") or [] if fact.startswith("frame:")}

    assert {"frame:a.csv", "frame:b.csv", "frame:deep/c.csv"} == found
    assert found == {fact for fact in facts(tmp_path / "folder") or [] if fact.startswith("frame:")}


def test_a_number_of_one_district_changes_its_rows_and_the_table(folder) -> None:
    """The rows of the other district hold, and so does which tables and rows there are."""
    changed = _changed(folder, "published/scores.csv", SCORES.replace("50", "51"))

    assert {"frame:published/scores.csv", 'rows:scores|["district", "north"]'} == changed


def test_a_row_more_and_a_first_row_are_facts_too(folder) -> None:
    """A report may ask how many there are, which tables have any, and for which dimensions."""
    more = _changed(folder, "published/scores.csv", SCORES + "index,south,1\n")
    assert {"numbers", "dimensions", 'rows:scores|["district", "south"]'} < more
    assert "tables" not in more

    assert {"tables", "numbers"} == _changed(
        folder, "published/members.csv", "question,percent\na,1\n"
    )


def test_other_columns_change_all_rows(folder) -> None:
    """A column that is renamed is missed by every row."""
    changed = _changed(folder, "published/scores.csv", SCORES.replace("district,", "place,", 1))

    assert {f'rows:scores|["district", "{name}"]' for name in ("north", "south")} <= changed


def test_a_file_that_did_not_exist_is_a_fact(folder) -> None:
    """Whoever looked for it in vain finds it now."""
    assert {"frame:study/more.toml", "frames"} == _changed(folder, "study/more.toml", "b = 1")


def test_the_inputs_of_the_study_are_one_fact(folder) -> None:
    """Only who shows them asks for it."""
    stamp.write_json(folder / "stamp.json", {"inputs": {"study.toml": "1"}})
    changed = _changed(folder, "stamp.json", '{"inputs": {"study.toml": "2"}}')

    assert {"inputs"} == changed


def test_another_version_or_file_of_the_package_is_a_fact_that_always_counts(
    folder, monkeypatch
) -> None:
    """A new file may hide another one from an import."""
    before = State(folder, folder).values([])
    code = {**stamp.code_files(), "report/random.py": "0"}
    assert not State(folder, folder, code).holds(before)

    monkeypatch.setattr(stamp, "software", lambda: {"pandas": "0"})
    monkeypatch.setattr("umid_research.runs.facts.software", stamp.software)
    assert not State(folder, folder).holds(before)


@pytest.mark.parametrize("recorded", [None, {}, [], {"tables": ""}, "x"])
def test_what_says_nothing_does_not_hold(folder, recorded) -> None:
    """An empty or broken record never counts as up to date."""
    assert not State(folder, folder).holds(recorded)


def test_files_that_are_opened_and_modules_are_noted(folder, monkeypatch) -> None:
    """Whoever opens a file; not under `unnoted`, whose caller notes what it hands out."""
    monkeypatch.setattr(records, "_opened", set())  # without the file that was just written
    start_noting()
    (folder / "study" / "study.toml").read_text()
    with unnoted():
        (folder / "published" / "scores.csv").read_text()

    noted = facts(folder)

    assert "frame:study/study.toml" in noted
    assert "frame:published/scores.csv" not in noted
    assert {"code:runs/records.py", "code:errors.py"} <= {*noted}
    (folder / "published" / "scores.csv").read_text()
    assert "frame:published/scores.csv" in facts(folder)


def test_a_mapping_notes_what_is_asked_of_it(folder, monkeypatch) -> None:
    """A value, and its keys where they may change; nothing before somebody asks."""
    monkeypatch.setattr(records, "_facts", set())
    tables = Noted({"a": 1, "b": 2}, "frame:{}".format)
    inputs = Noted({}, lambda _: "inputs", keys="inputs")
    assert set() == records._facts

    assert (1, 2) == (tables["a"], len(tables))
    assert {"frame:a"} == records._facts
    assert [] == list(inputs.items())
    assert {"frame:a", "inputs"} == records._facts
    assert {"a": 1, "b": 2} == dict(tables)
    assert {"frame:a", "frame:b", "inputs"} == records._facts


def test_rows_are_noted_by_one_of_their_columns(monkeypatch) -> None:
    """The district if it is asked for; without a text, the whole table."""
    monkeypatch.setattr(records, "_facts", set())
    note_rows("scores", {"dimension": "trust", "district": "Şabran"})
    note_rows("answers", {"question": "aware", "answer": "yes"})
    note_rows("quotes", {"shown": True})
    note_rows("intake", {})
    note("tables")

    assert {
        'rows:scores|["district", "Şabran"]',
        'rows:answers|["question", "aware"]',
        "frame:published/quotes.csv",
        "frame:published/intake.csv",
        "tables",
    } == records._facts


def test_nothing_is_noted_before_noting_begins() -> None:
    """Then nobody knows what a process has read, and everything is made again."""
    asks = "from umid_research.runs.records import facts; print(facts('.'))"

    says = subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True)

    assert b"None" == says.stdout.strip()

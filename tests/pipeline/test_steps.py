"""The table of the steps is true: each makes what it says, from what it says."""

import shutil
from pathlib import Path

import pytest
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, plan_export, write_plan
from small_study import small_export

from umid_research.__main__ import main
from umid_research.pipeline.steps import DESCRIPTION, RAW, STEPS, steps_as_markdown

ROOT = Path(__file__).resolve().parents[2]


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _entry(name: str) -> str:
    """Return the name in the table of a file of the frames' folder."""
    head, slash, _ = name.partition("/")
    return head + slash if slash else name.removesuffix(".csv")


def _kept(name: str, reads: tuple[str, ...]) -> bool:
    return _entry(name) in reads


@pytest.fixture
def raw(write_study) -> Path:
    export = plan_export(small_export())
    return write_plan(
        write_study(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=export)
    )


def test_a_step_reads_what_earlier_steps_make() -> None:
    """The order of the table is an order in which the steps can run."""
    made = {RAW}
    for step in STEPS:
        assert set(step.reads) <= made, step.name
        made |= {*step.makes, *step.if_activities, *step.if_repeats}


def test_each_step_makes_its_frames_from_those_it_reads(raw, tmp_path) -> None:
    """In a folder with nothing else than what it reads, a step makes the same bytes."""
    whole = tmp_path / "whole"
    for step in STEPS:
        before = _contents(whole) if whole.exists() else {}
        assert 0 == main([step.name, "--raw", str(raw), "--processed", str(whole)])
        after = _contents(whole)
        made = {name: after[name] for name in after if before.get(name) != after[name]}
        assert set(step.makes) == {_entry(name) for name in made}, step.name

        alone = tmp_path / step.name
        for name, content in before.items():
            if _kept(name, step.reads):
                (alone / name).parent.mkdir(parents=True, exist_ok=True)
                (alone / name).write_bytes(content)
        given = raw
        if RAW not in step.reads:
            given = tmp_path / f"{step.name}-raw"
            shutil.copytree(raw, given)
            for path in (given / "responses").iterdir():
                path.unlink()
        assert 0 == main([step.name, "--raw", str(given), "--processed", str(alone)])
        found = _contents(alone)
        assert made == {name: found[name] for name in made}, step.name


def test_the_docs_show_the_table_of_the_steps() -> None:
    """CONTRIBUTING.md has it word by word."""
    assert DESCRIPTION in steps_as_markdown()
    assert steps_as_markdown() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("measures.csv", "id,area\nM1,x\n", "measures.csv: lacks a column"),
        ("meetings.csv", "segment_id,meeting\nS1,x\n", "meetings.csv: lacks a column"),
    ],
)
def test_registers_are_checked_before_the_first_long_step(
    write_study, tmp_path, capsys, name, content, says
) -> None:
    """Nobody waits minutes for an error that could be told at once."""
    folder = write_study()
    (folder / name).write_text(content, encoding="utf-8")

    assert 1 == main(["frames", "--raw", str(folder), "--processed", str(tmp_path / "processed")])

    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.out.startswith("clean    10 submissions read")
    assert "score" not in printed.out

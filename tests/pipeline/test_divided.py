"""When steps divide their work between processes, and that they make the same frames then."""

import os
from argparse import Namespace
from pathlib import Path

import pytest
from cells import derive
from small_study import write_small

from umid_research.pipeline import divided, published, responses


@pytest.fixture(scope="module")
def processed(tmp_path_factory) -> Path:
    """The frames of the small study, which has ten people; a step that runs again changes none."""
    home = tmp_path_factory.mktemp("divided")
    derive(write_small(home / "raw"), home / "processed")
    return home / "processed"


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """Into how many parts work was divided, each time; one process does them here."""
    found: list[int] = []

    def results_of(work, jobs, sizes) -> list:
        found.append(len(jobs))
        assert len(sizes) == len(jobs)
        assert all(size > 0 for size in sizes)
        return [work(job) for job in jobs]

    for module in (published, responses):
        monkeypatch.setattr(module, "results_of", results_of)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    return found


@pytest.mark.parametrize("module", [published, responses])
@pytest.mark.parametrize(
    ("options", "most", "processors", "is_divided"),
    [
        ({"warm": True}, 10, 3, True),
        ({"warm": True}, 9, 3, False),  # more people than memory is for
        ({"warm": True}, 10, 1, False),
        ({"warm": False}, 10, 3, False),
        ({}, 10, 3, False),
    ],
)
def test_work_is_divided_in_a_warm_run_of_a_study_that_is_not_too_large(
    processed, asked, monkeypatch, module, options, most, processors, is_divided
) -> None:
    monkeypatch.setattr(divided, "_MAX_PEOPLE", most)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    before = _files(processed)
    step = module.disclose if module is published else module.robustness

    list(step(Namespace(processed=processed, **options)))

    assert is_divided == bool(asked)
    assert before == _files(processed)


def test_each_processor_has_a_part_of_the_runs_of_robustness(processed, asked, monkeypatch) -> None:
    """But not each of many: every part has a copy of the answers."""
    for processors in (3, 64):
        monkeypatch.setattr(os, "cpu_count", lambda number=processors: number)
        list(responses.robustness(Namespace(processed=processed, warm=True)))

    assert [3, 4] == asked


def _files(processed: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in processed.rglob("*.csv")}

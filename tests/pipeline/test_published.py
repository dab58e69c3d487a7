"""When the audits of a study are divided between processes, and that they give the same tables."""

from argparse import Namespace
from pathlib import Path

import pytest
from cells import derive

from umid_research.pipeline import published


@pytest.mark.parametrize(
    ("options", "most", "divided"),
    [
        ({"warm": True}, 10, True),
        ({"warm": True}, 9, False),  # more people than memory is for
        ({"warm": False}, 10, False),
        ({}, 10, False),
    ],
)
def test_audits_are_divided_in_a_warm_run_of_a_study_that_is_not_too_large(
    write_study, tmp_path, monkeypatch, options, most, divided
) -> None:
    """The small study has ten people."""
    processed = tmp_path / "processed"
    derive(write_study(), processed)
    before = _files(processed)
    asked: list[list[float]] = []

    def results_of(work, jobs, sizes) -> list:
        asked.append(sizes)
        return [work(job) for job in jobs]

    monkeypatch.setattr(published, "results_of", results_of)
    monkeypatch.setattr(published, "_MAX_PEOPLE_SIDE_BY_SIDE", most)

    list(published.disclose(Namespace(processed=processed, **options)))

    assert divided == bool(asked)
    assert all(size > 0 for sizes in asked for size in sizes)
    assert before == _files(processed)


def _files(processed: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (processed / "published").iterdir()}

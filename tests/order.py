"""Which tests are slow, and which process of `pytest --numprocesses` runs which, in which order.

`make check` leaves out the slow ones, `make test` begins with them: a process that began one when
the others have no more to do would let them wait for minutes.
"""

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

TESTS = Path(__file__).resolve().parent
# The files whose tests take more than two seconds of CPU, those that take the longest first.
SLOW = """
test_flow test_thin_studies disclosure/test_attack disclosure/test_small_counts
output/test_explore report/test_charts
report/test_drawings test_validation test_contradictions test_missing_registers
disclosure/test_rules runs/test_processes output/test_lab test_fuzz test_fuzz_members
test_fuzz_forms test_hostile test_secrets test_wheel indicators/test_indicators
report/test_counting_people pipeline/test_stale output/test_kernels report/test_activity_charts
report/test_texts output/test_rendering analysis/test_compare report/test_tables
fieldwork/test_monitor pipeline/test_steps pipeline/test_steps_run test_bad_input
pipeline/test_incremental
analysis/test_implementation indicators/test_knowledge disclosure/test_follow
report/test_activity_tables report/test_activity_report forms/test_templates
fieldwork/test_back_checks output/test_sheets disclosure/test_suppression clean/test_privacy
forms/test_forms report/test_slides report/test_findings simulate/test_simulate
output/test_publish output/test_warm runs/test_jobs fieldwork/test_fetch_faults clean/test_ledger
clean/test_calculated output/test_browser indicators/test_activity_truth test_frames
disclosure/test_opposed disclosure/test_registers report/test_small_counts
output/test_slides_pptx fieldwork/test_fetch clean/test_answers output/test_annexes
analysis/test_robustness disclosure/test_numbers report/test_sources output/test_structure
output/test_formats bench/test_study test_walkthrough report/test_headlines
study/test_conditions report/test_annex
raw/test_choice_lists report/test_rows output/test_information raw/test_real_exports
analysis/test_meetings disclosure/test_tables clean/test_review output/test_word
test_notebook_runs test_notebook_gate test_examples test_docs_site test_mutants
analysis/test_survival disclosure/test_follow_means disclosure/test_follow_areas
disclosure/test_edges indicators/test_people_counts output/test_archive
output/test_archive_codebook output/test_archive_statistics output/test_archive_verify
output/test_archive_iati pipeline/test_archive disclosure/test_editions disclosure/test_price
runs/test_cluster runs/test_faults runs/test_refusals pipeline/test_change
indicators/test_withholding indicators/test_origin indicators/test_public_pieces
bench/test_questions indicators/test_registers indicators/test_breakdowns
indicators/test_proposals disclosure/test_members test_first_pages report/test_verdicts
indicators/test_people clean/test_member_corrections fieldwork/test_interviewer
pipeline/test_divided
"""
# What these make is shared by all processes; so each of their tests may run in any of them.
SPLIT = {"tests/test_thin_studies.py", "tests/output/test_explore.py"}


def slow_files() -> list[str]:
    """Return the slow files as paths below `tests`, the slowest first."""
    return [f"{name}.py" for name in SLOW.split()]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even load slow files for `-m "not slow"`, which would take ten seconds."""
    leaves_out = config.getoption("markexpr") == "not slow"
    return True if leaves_out and collection_path in _places() else None


def _places() -> dict[Path, int]:
    return {TESTS / name: place for place, name in enumerate(slow_files())}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests and put them first; stored outputs of notebooks come after them."""
    places = _places()
    for item in items:
        if item.path in places:
            item.add_marker(pytest.mark.slow)
    notebooks, others = len(places), len(places) + 1
    items.sort(key=lambda one: places.get(one.path, notebooks if _is_cell(one) else others))


def _is_cell(item: pytest.Item) -> bool:
    return item.path.suffix == ".ipynb"


class Scheduling(LoadFileScheduling):
    """Gives all tests of a file to one process, except those of the files that are split."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in SPLIT else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return our scheduling for `--dist loadfile`, which would begin with the most tests."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Scheduling(config, log)

"""The registers of the plan are read before anything is made, whichever of them there are."""

import pytest
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, plan_export, write_plan
from small_study import small_export

from umid_research.analysis.implementation import check_inputs
from umid_research.errors import StudyError
from umid_research.study import read_study


@pytest.fixture
def check(write_study):
    """Return a function that checks the small plan, any of its registers replaced."""

    def of(**registers: str | None) -> None:
        folder = write_study(
            study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=plan_export(small_export())
        )
        write_plan(folder, **registers)
        check_inputs(folder, read_study(folder))

    return of


def test_the_registers_are_read(check) -> None:
    """All of them."""
    check()


@pytest.mark.parametrize("missing", ["measures", "evidence", "analyst_codes", "meetings"])
def test_a_register_may_be_missing(check, missing) -> None:
    """The codes then have no evidence to name, or no measures, and nothing stops."""
    check(**{missing: None})


@pytest.mark.parametrize("name", ["measures", "evidence", "analyst_codes"])
def test_a_register_without_its_columns_is_refused(check, name) -> None:
    """With the name of the file."""
    with pytest.raises(StudyError, match=f"{name}.csv"):
        check(**{name: "unknown\n1\n"})

"""Test the list of the other reports: study and activities lead to each other."""

from dataclasses import replace

import pytest
from small_activity_report import small_activity_report
from small_report import small_report

from umid_research.report import texts


def _links(report) -> list[str]:
    lines = texts.reports(report).markdown.splitlines()
    return [line.rpartition("(")[2].rstrip(")") for line in lines]


def test_the_study_leads_to_the_activities_and_the_letters() -> None:
    """It does not lead to itself."""
    activities = small_activity_report()
    study = replace(small_report(), has_activities=True, proposals=activities.frame("proposals"))
    links = _links(replace(study, notebook="07-study"))

    assert {"activities.html", "proposals.pdf", "annex.html"} < set(links)
    assert "study.html" not in links


def test_the_activities_lead_to_the_study() -> None:
    """They do not lead to themselves."""
    links = _links(replace(small_activity_report(), has_activities=True))

    assert {"study.html", "annex.html", "implementation.html"} < set(links)
    assert "activities.html" not in links


@pytest.mark.parametrize(
    ("has_activities", "page", "is_there"),
    [
        (False, "activities.html", False),
        (False, "proposals.pdf", False),
        (True, "activities.html", True),
        (True, "proposals.pdf", False),
    ],
)
def test_no_link_leads_to_what_is_not_made(has_activities, page, is_there) -> None:
    """Without activities there is neither report nor letter; without proposals no letter."""
    report = replace(small_report(), notebook="07-study", has_activities=has_activities)

    assert is_there == (page in _links(report))

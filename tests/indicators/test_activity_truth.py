"""The bundled registers: the library's counts equal the known true values."""

from pathlib import Path

import pandas as pd
import pytest

from umid_research.__main__ import main
from umid_research.frames import read_frame
from umid_research.indicators.frames import INDICATORS, ISSUES

RAW = Path(__file__).parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def processed(tmp_path_factory) -> Path:
    """The frames of the bundled study, by the stages that make runs."""
    folder = tmp_path_factory.mktemp("processed")
    for stage in ("clean", "activities"):
        assert 0 == main([stage, "--raw", str(RAW), "--processed", str(folder)])
    return folder


def _rows(frame: pd.DataFrame) -> list[tuple]:
    return sorted(map(tuple, frame.to_numpy()))


def test_the_indicators_equal_the_true_values(processed) -> None:
    """Each number, by district and sex too; they were counted before the flaws were planted."""
    truth = pd.read_csv(
        RAW / "truth_indicators.csv", keep_default_na=False, dtype={"activity": str}
    )
    found = read_frame(processed, INDICATORS)
    found = found.assign(actual=found["actual"].fillna(-1).astype(int))

    assert len(truth) > 70
    assert _rows(truth) == _rows(found[list(truth.columns)])


def _sound(name: str) -> pd.DataFrame:
    """Return the rows of a register without those that a planted flaw sets aside, as text."""
    flaws = pd.read_csv(RAW / "truth_activity_issues.csv")
    flaws = flaws[(flaws["action"] == "set aside") & flaws["file"].str.startswith(f"{name}.")]
    if name == "payments":
        rows = pd.read_excel(RAW / "activities" / "payments.xlsx", dtype=str)
    else:
        rows = pd.read_csv(RAW / "activities" / f"{name}.csv", dtype=str)
    return rows.drop(index=flaws["row"] - 2)


def test_the_true_values_are_those_of_the_registers_without_the_flawed_rows() -> None:
    """Counted here in one line each; people and proposals need decisions and are left out."""
    truth = pd.read_csv(RAW / "truth_indicators.csv", dtype=str, keep_default_na=False)
    project = truth[(truth["district"] == "") & (truth["sex"] == "")]
    true = project.set_index("indicator")["actual"].astype(int)
    pages, events, terminals = _sound("pages"), _sound("consultations"), _sound("terminals")
    online = events[events["mode"] != "in_person"]

    assert {
        "municipality_pages": pages[pages["owner_type"] == "municipality"]["locality"].nunique(),
        "cbo_pages": pages[pages["owner_type"] == "cbo"]["locality"].nunique(),
        "pieces_of_information": _sound("posts")["url"].nunique(),
        "consultations_held": (online["activity"] == "2.1").sum(),
        "egov_consultations": online[online["activity"] == "2.2"]["locality"].str.lower().nunique(),
        "cards_distributed": _sound("cards")["copies"].astype(int).sum(),
        "families_paying_online": _sound("payments")["family_id"].nunique(),
        "terminals_requested": len(terminals),
        "terminals_approved": (terminals["reply"] == "approved").sum(),
        "terminals_installed": terminals["installed"].notna().sum(),
        "workshops_held": len(_sound("workshops")),
        "press_sites": _sound("press")["site"].nunique(),
        "platforms": _sound("platforms")["platform_id"].nunique(),
        "report_delivered": (_sound("deliverables")["kind"] == "report").sum(),
        "presentation_delivered": (_sound("deliverables")["kind"] == "presentation").sum(),
    } == true.drop(
        [
            *("units_surveyed", "people_interviewed", "meetings_held", "people_knowing_more"),
            *("proposals_collected", "proposals_submitted"),
        ]
    ).to_dict()


def test_the_issues_are_exactly_the_planted_flaws(processed) -> None:
    """With file, row, column, rule and action."""
    truth = pd.read_csv(RAW / "truth_activity_issues.csv", keep_default_na=False)
    found = read_frame(processed, ISSUES)

    assert _rows(truth) == _rows(found[list(truth.columns)])


def test_no_name_from_the_attendance_lists_is_in_a_frame(processed) -> None:
    """Nor a part of a name, in any file that the stages write."""
    listed = pd.read_csv(RAW / "activities" / "attendance.csv", sep=";", encoding="utf-8-sig")
    words = {word for name in listed["name"] for word in name.split()}
    written = {path.name: path.read_text(encoding="utf-8") for path in processed.glob("*.csv")}

    assert len(words) > 40
    assert {} == {
        name: found
        for name, text in written.items()
        if (found := [word for word in words if word in text])
    }

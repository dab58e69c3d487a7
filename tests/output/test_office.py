"""Office files carry one date, so that equal content gives equal bytes."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from umid_research.output.office import with_fixed_timestamps


def _saved(text: str, day: int) -> bytes:
    """A workbook as a program leaves it, saved on a day of 2025."""
    book = Workbook()
    book.active["A1"] = text
    written = io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source:
        parts = {name: source.read(name) for name in reversed(source.namelist())}
    parts["docProps/core.xml"] = parts["docProps/core.xml"].replace(
        b"</dcterms:modified>", f"0{day}</dcterms:modified>".encode()
    )
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, (2025, 1, day, 0, 0, 0)), content)
    return changed.getvalue()


def test_files_saved_on_different_days_are_equal() -> None:
    """And open as before."""
    monday, tuesday = _saved("Şabran", 6), _saved("Şabran", 7)

    assert monday != tuesday
    assert with_fixed_timestamps(monday) == with_fixed_timestamps(tuesday)
    assert "Şabran" == load_workbook(io.BytesIO(with_fixed_timestamps(monday))).active["A1"].value


def test_files_of_different_content_differ() -> None:
    """Only the dates are taken."""
    assert with_fixed_timestamps(_saved("a", 6)) != with_fixed_timestamps(_saved("b", 6))


@pytest.mark.parametrize(
    ("seconds", "day"), [("1646179200", (2022, 3, 2)), ("946684800", (2000, 1, 1))]
)
def test_the_date_is_that_of_all_files(monkeypatch, seconds, day) -> None:
    """SOURCE_DATE_EPOCH says it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    file = with_fixed_timestamps(_saved("a", 6))

    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert {day} == {entry.date_time[:3] for entry in archive.infolist()}
    assert day == load_workbook(io.BytesIO(file)).properties.modified.timetuple()[:3]

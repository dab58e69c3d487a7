"""Test that machine names are found behind labels, and only where a cell is a name."""

from dataclasses import replace

import pytest
from small_activity_report import small_activity_report
from small_report import HOSTILE, small_report

from umid_research.output.sheets.keys import Key, keys_in, with_keys
from umid_research.report.study_report import Report
from umid_research.report.topics import references, table_at

OPEN, BETWEEN, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"


def name(label: str, key: str) -> str:
    return f"{OPEN}{label}{BETWEEN}{key}{CLOSE}"


def plain(marked: str) -> str:
    """Return a text without marks, found here by another way than in the code."""
    for start in range(marked.count(BETWEEN)):
        before, _, rest = marked.partition(BETWEEN)
        marked = before + rest.partition(CLOSE)[2]
        assert start >= 0
    return marked.replace(OPEN, "")


A, B = name("Guba", "district:quba"), name("Khachmaz", "district:xacmaz")


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (A, [("district", "quba", "Guba")]),
        (f"M01 {A}", [("district", "quba", "Guba")]),
        (f"2.1 {A}", [("district", "quba", "Guba")]),
        (
            name(f"{A} less {B}", "contrast:"),
            [("district", "quba", "Guba"), ("versus", "xacmaz", "Khachmaz")],
        ),
        (
            name(f"M01 {name('Board', 'item:board')}", "measure:M01"),
            [("measure", "M01", "M01 Board"), ("item", "board", "Board")],
        ),
        (name("< 0.001", "below:0.001"), [("below", "0.001", "< 0.001")]),
        (name("5", "number:5.0"), [("number", "5.0", "5")]),
        (name("Say: a|b", "answer:x:y"), [("answer", "x:y", "Say: a|b")]),
        # texts that are no names
        (f"{A} and {B}", []),
        (f"Guba 4, {A}", []),
        (f"{A} 50", []),
        (f"T {name('5', 'number:5.0')}", []),
        ("Guba", []),
        ("", []),
    ],
)
def test_a_name_or_a_contrast_of_two_has_keys(marked, found) -> None:
    """A code may stand before a name; a list, a place in a district or a sentence is none."""
    assert [Key(*one) for one in found] == keys_in(plain(marked), marked)


def test_a_text_that_differs_from_the_plain_one_has_no_keys() -> None:
    """Rows may be in another order, and a long text may be cut, because marks have a length."""
    assert [] == keys_in("Khachmaz", A)
    assert [] == keys_in("Guba …", A)
    assert [] == keys_in("Gu", f"{OPEN}Gu …")


@pytest.mark.parametrize("report", [small_report(), small_activity_report()], ids=["survey", "all"])
def test_the_marked_tables_are_those_of_the_reports(report) -> None:
    """Without the marks they are equal, cell by cell."""
    marked = with_keys(report)

    names = 0
    for anchor, reference in references(report).items():
        one, other = table_at(report, reference), table_at(marked, reference)
        assert list(one.head) == [plain(head) for head in other.head], anchor
        assert [list(row) for row in one.rows] == [
            [plain(text) for text in row] for row in other.rows
        ], anchor
        names += sum(BETWEEN in text for row in other.rows for text in row)
    assert names > 20


def test_the_report_itself_is_not_marked() -> None:
    """Marking returns another report; the first one can still be shown."""
    report = small_report()
    with_keys(report)

    assert HOSTILE == report.dimension("trust")
    assert "Overall index" == report.dimension("index")


def test_marks_in_the_texts_of_a_study_make_no_keys() -> None:
    """A label could contain the characters; the label is shown, and no key is made of it."""
    report = _called(small_report(), name("North", "district:south"))

    table = table_at(report, references(report)["scores-by-district"])
    marked = table_at(with_keys(report), references(report)["scores-by-district"])

    pairs = zip(table.head, marked.head, strict=True)
    assert [] == [
        key for head, other in pairs for key in keys_in(head, other) if key.name == "north"
    ]


def _called(report: Report, label: str) -> Report:
    districts = dict(report.study.districts)
    districts["north"] = districts["north"].model_copy(update={"name": {"en": label}})
    return replace(report, study=report.study.model_copy(update={"districts": districts}))

"""A workbook in which a native reader corrects the texts of a language, and reading it back.

    File           Key               Where        English      Azerbaijani   Correction
    messages/az…   findings.parts    study        Parts of …   Planın …      Planın bölmələri

For example, whoever reads Azerbaijani writes a better text into the last column, and needs neither
Git nor an editor. A correction is taken if it keeps the words in braces and if the text has not
been changed since the workbook was made.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

from umid_research.errors import ReportError
from umid_research.messages.check import REFERENCE, catalogue_files, text_problems
from umid_research.output.office import with_fixed_timestamps

HEADS = ("File", "Key", "Where", "English", "Now", "Correction")
_WIDTHS = (24, 34, 16, 60, 60, 60)
_ENTRY = re.compile(r'^(?P<key>[\w.-]+) = (?P<text>".*")$')
_SECTION = re.compile(r"^\[(?P<name>[\w.-]+)\]$")
# Where the texts of a first part of a key appear; the others stand in several reports.
_PLACES = {
    "activities": "activities", "annex": "annex", "answer": "study", "cover": "study",
    "declared": "study", "disclosed": "annex", "findings": "study", "information": "information",
    "plan": "annex", "robustness": "robustness", "slides": "slides", "in_a_line": "slides",
    "sheets": "tables", "unit": "tables", "explore": "JupyterLab", "figure": "figures",
    "table": "tables", "section": "headings",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A text of a catalogue: its file, dotted key, line and value."""

    file: str
    key: str
    line: int
    text: str


def entries(path: Path, name: str) -> Iterator[Entry]:
    """Yield the texts of a catalogue file in its order, each plural form by itself."""
    section = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if found := _SECTION.match(line):
            section = f"{found['name']}."
        elif found := _ENTRY.match(line):
            yield Entry(name, f"{section}{found['key']}", number, json.loads(found["text"]))


def review_workbook(language: str) -> bytes:
    """Return the workbook with all texts of a language beside the English ones.

    Equal catalogues give equal bytes. Raises ParameterError for a language without catalogues.
    """
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = language
    sheet.append(HEADS)
    english = {
        (entry.file.replace(f"{REFERENCE}.toml", ""), entry.key): entry.text
        for name, path in catalogue_files(REFERENCE).items()
        for entry in entries(path, name)
    }
    for name, path in catalogue_files(language).items():
        folder = name.replace(f"{language}.toml", "")
        for entry in entries(path, name):
            first = entry.key.partition(".")[0]
            other = english.get((folder, entry.key)) or english.get((folder, _other(entry.key)), "")
            sheet.append([name, entry.key, _PLACES.get(first, ""), other, entry.text, None])
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s" if cell.value is not None else cell.data_type
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for head, width in zip(sheet[1], _WIDTHS, strict=True):
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = width
    sheet.freeze_panes = "C2"
    written = io.BytesIO()
    workbook.save(written)
    return with_fixed_timestamps(written.getvalue())


def _other(key: str) -> str:
    """Return the key of the plural form that every language has."""
    return f"{key.rpartition('.')[0]}.other"


def apply_corrections(language: str, workbook: Path) -> list[str]:
    """Write the corrections of a workbook into the catalogues; return the corrected keys.

    Raises
    ------
    ReportError
        With one line per wrong row: an unknown key, a text that was changed since, or a
        correction that loses or adds a word in braces. Then nothing is written.
    """
    files = catalogue_files(language)
    known = {(e.file, e.key): e for name, path in files.items() for e in entries(path, name)}
    changed: dict[str, dict[int, str]] = {}
    keys, problems = [], []
    for row, cells in enumerate(_rows(workbook), start=2):
        name, key, _, _, before, correction = cells
        if not correction or not correction.strip():
            continue
        entry = known.get((name, key))
        if entry is None:
            problems.append(f"row {row}: no catalogue has the text {key!r} of {name!r}")
        elif entry.text != before:
            problems.append(f"row {row}: {key!r} was changed since; make a new workbook")
        elif wrong := text_problems(correction, entry.text):
            problems.append(f"row {row}: the correction of {key!r} {wrong}")
        else:
            changed.setdefault(name, {})[entry.line] = correction.strip()
            keys.append(key)
    if problems:
        raise ReportError(
            "the workbook has corrections that do not fit, so nothing was changed",
            where=str(workbook),
            details=problems,
        )
    for name, lines in changed.items():
        _rewrite(files[name], lines)
    return keys


def _rows(workbook: Path) -> Iterator[list[str]]:
    """Yield the cells of each row below the heads as texts."""
    try:
        sheet = load_workbook(workbook, read_only=True, data_only=True).worksheets[0]
    except Exception as error:
        raise ReportError(f"is no workbook: {error}", where=str(workbook)) from error
    rows = sheet.iter_rows(max_col=len(HEADS), values_only=True)
    heads = tuple(next(rows, ()))
    if heads != HEADS:
        raise ReportError(
            "is not a workbook of `review-language`: its heads differ",
            where=str(workbook),
            found=", ".join(str(head) for head in heads),
            possible=HEADS,
        )
    for cells in rows:
        yield ["" if cell is None else str(cell) for cell in cells]


def _rewrite(path: Path, changed: dict[int, str]) -> None:
    """Replace the texts of the given lines of a catalogue; all else stays as it is."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, text in changed.items():
        key = lines[number].partition(" = ")[0]
        lines[number] = f"{key} = {json.dumps(text, ensure_ascii=False)}\n"
    path.write_text("".join(lines), encoding="utf-8")

"""Exports as downloaded -> the frame `raw`, all text, never written.

`raw`, one row a submission as received:

    file              row  version  uuid      consent  district  trust_1  ...
    kobo_export.csv     2  v1       1cb5df98  yes      quba      4

read aloud: row 2 of that file, as a spreadsheet shows it, is a submission of form version v1,
whose respondent agreed, in Quba, and answered 4 to `trust_1`. A blank cell is "".

Columns are matched to questions by name, with or without group prefixes. What the questionnaire
does not know is an error, unless it is a system column of KoboToolbox or ODK or the study ignores
it: an export that silently lost or gained a question would give numbers that look normal.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from umid_research.errors import ExportError
from umid_research.questionnaire import Questionnaire
from umid_research.study import Study

COLUMNS = ("file", "row", "version", "uuid")
_UUID, _VERSIONS = "_uuid", ("__version__", "_version_")
_SYSTEM = frozenset({"start", "end", "today", "deviceid", "username", "meta", "instanceID"})
_READERS = (".csv", ".xlsx")
_NOT_EXPORTS = frozenset({"README.md"})


def read_raw(folder: Path, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """The frame `raw`: every submission in `folder/responses`, files in the order of their names.

    Raises ExportError naming file and column or row when the structure of an export is wrong.
    """
    files = _exports(Path(folder) / "responses")
    return pd.concat(
        [_submissions(path, questionnaire, study) for path in files], ignore_index=True
    )


def _exports(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in found if not path.name.startswith((".", "~$"))]
    files = [path for path in files if path.name not in _NOT_EXPORTS]
    unreadable = [path.name for path in files if path.suffix.lower() not in _READERS]
    if unreadable:
        raise ExportError(
            "is not an export that can be read",
            where=str(folder / unreadable[0]),
            possible=_READERS,
        )
    if not files:
        raise ExportError("no export here", where=str(folder), possible=_READERS)
    return files


def _submissions(path: Path, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """One export as received, its columns named as the questions."""
    table = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    if table.empty:
        raise ExportError("has no submission", where=str(path), found="0 rows")
    answers, split = _matched_columns(table.columns, questionnaire, study, path)
    submissions = pd.DataFrame(
        {
            "file": path.name,
            "row": table.index + 2,
            "version": _system_column(table, _VERSIONS),
            "uuid": _system_column(table, (_UUID,)),
        }
    )
    columns = {
        name: table[answers[name]] if name in answers else _joined(table, split[name])
        for name in questionnaire.names
    }
    for name in answers.keys() & split.keys():
        _check_split(table, answers[name], split[name], path)
    return pd.concat([submissions, pd.DataFrame(columns)], axis=1).reset_index(drop=True)


def _read_csv(path: Path) -> pd.DataFrame:
    """The cells of a CSV as text; `;` and `,` are told apart by the header."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(
            "is not UTF-8 text; export it again as UTF-8",
            where=f"{path}, byte {error.start}",
            found=error.object[error.start : error.end],
        ) from None
    if "\x00" in text:
        raise ExportError("holds a NUL character; is it a text file?", where=str(path))
    if not text.strip():
        raise ExportError("has no submission", where=str(path), found="an empty file")
    separator = max(";,", key=text.partition("\n")[0].count)
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    _check_header(header, path)
    try:
        table = pd.read_csv(
            io.StringIO(text, newline=""),
            sep=separator,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
        )
    except pd.errors.ParserError as error:
        raise ExportError(f"has a row that does not fit: {error}", where=str(path)) from None
    # pandas fills a short row with blanks; only a blank last cell can hide one.
    if (table.iloc[:, -1] == "").any():
        _check_widths(text, separator, path)
    return _without_blank_rows(table)


def _check_widths(text: str, separator: str, path: Path) -> None:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    widths = [len(row) for row in rows]
    for number, width in enumerate(widths, start=1):
        if width not in (0, widths[0]):
            raise ExportError(
                "has fewer cells than the header",
                where=f"{path}, row {number}",
                found=width,
                possible=[widths[0]],
            )


def _without_blank_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with nothing in any cell are no submissions; the others keep their numbers."""
    return table[(table != "").any(axis=1)]


def _read_xlsx(path: Path) -> pd.DataFrame:
    """The cells of a workbook's only sheet as text."""
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype=str, na_filter=False)
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        raise ExportError(f"is not a readable workbook: {error}", where=str(path)) from error
    if len(sheets) != 1:
        raise ExportError(
            "has several sheets; repeated groups are not read yet",
            where=str(path),
            found=", ".join(sheets),
        )
    (cells,) = sheets.values()
    if cells.empty:
        raise ExportError("has no submission", where=str(path), found="an empty sheet")
    header = [str(name) for name in cells.iloc[0]]
    _check_header(header, path)
    return _without_blank_rows(cells.iloc[1:].set_axis(header, axis=1).reset_index(drop=True))


def _check_header(header: list[str], path: Path) -> None:
    blank = [position + 1 for position, name in enumerate(header) if not name.strip()]
    if blank:
        raise ExportError("has a column without a name", where=f"{path}, column {blank[0]}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ExportError("has a column twice", where=str(path), found=", ".join(twice))


def _matched_columns(
    header: Iterable[str], questionnaire: Questionnaire, study: Study, path: Path
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Question -> its column, and select_multiple question -> choice -> its 0/1 column."""
    answers: dict[str, str] = {}
    split: dict[str, dict[str, str]] = {}
    unknown = []
    for column in header:
        *groups, name = column.split("/")
        # First of all, since a choice may bear the name of another question.
        if groups and _is_choice(groups[-1], name, questionnaire):
            split.setdefault(groups[-1], {})[name] = column
        elif name in questionnaire.names:
            if name in answers:
                raise ExportError(
                    f"has question {name!r} in two columns",
                    where=str(path),
                    found=f"{answers[name]}, {column}",
                )
            answers[name] = column
        elif not _is_known(column, questionnaire, study):
            unknown.append(column)
    if unknown:
        raise ExportError(
            "has a column the questionnaire does not have; name it in `ignored_columns` of "
            "study.toml if it can be left out",
            where=f"{path}, column {unknown[0]}",
            found=", ".join(unknown),
            possible=questionnaire.names,
        )
    absent = [name for name in questionnaire.names if name not in answers and name not in split]
    if absent:
        raise ExportError(
            "lacks questions of the questionnaire", where=str(path), found=", ".join(absent)
        )
    return answers, split


def _is_choice(question: str, choice: str, questionnaire: Questionnaire) -> bool:
    return (
        question in questionnaire.names
        and questionnaire[question].kind == "select_multiple"
        and choice in questionnaire[question].choice_names
    )


def _is_known(column: str, questionnaire: Questionnaire, study: Study) -> bool:
    first, last = column.split("/")[0], column.split("/")[-1]
    known = _SYSTEM | set(study.ignored_columns) | set(questionnaire.silent)
    return column.startswith("_") or bool({column, first, last} & known)


def _system_column(table: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    for name in names:
        if name in table:
            return table[name]
    return pd.Series("", index=table.index)


def _joined(table: pd.DataFrame, columns: dict[str, str]) -> pd.Series:
    """The chosen codes of split 0/1 columns, joined by a space in the columns' order."""
    joined = pd.Series("", index=table.index)
    for choice, column in columns.items():
        joined = joined.where(~_is_ticked(table[column]), joined + " " + choice)
    return joined.str.strip()


def _is_ticked(cells: pd.Series) -> pd.Series:
    return cells.str.lower().isin(["1", "1.0", "true"])


def _check_split(table: pd.DataFrame, joined: str, columns: dict[str, str], path: Path) -> None:
    """Refuses an export whose joined column and 0/1 columns tell different answers."""
    answer = " " + table[joined] + " "
    for choice, column in columns.items():
        differs = answer.str.contains(f" {choice} ", regex=False) != _is_ticked(table[column])
        if differs.any():
            row = int(differs.idxmax())
            raise ExportError(
                f"tells two answers to {joined!r}",
                where=f"{path}, row {row + 2}, column {column}",
                found=table[column][row],
                possible=["the choices joined in " + joined],
            )

"""Read choice lists from files: `select_one_from_file villages.csv`.

The file is in the form's folder. It has a column `name` and a column `label`, or one label column
per language, named as in the form; the form's `parameters` may name other columns (`value=code
label=title`). A column `score` is read as in the form. A label without a language is used for all.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from umid_research.errors import QuestionnaireError
from umid_research.study.questionnaire.languages import FOR_ALL

_LABEL = "label"


def list_file(node: Mapping[str, Any]) -> str | None:
    """Return the file (or other source) of a question's choices, None if the form holds them."""
    return None if node.get("choices") else str(node.get("itemset", "")) or None


def choices_beside(form: Path, node: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return a question's choices in the format of pyxform, None if there is no CSV file.

    Raises QuestionnaireError if the file lacks the columns that the form names, or has no choice.
    """
    name = list_file(node)
    path = form.parent / Path(name or "").name
    if name is None or path.suffix.lower() != ".csv" or not path.is_file():
        return None
    parameters = node.get("parameters") or {}
    value, label = parameters.get("value", "name"), parameters.get("label", _LABEL)
    rows = list(_rows(path))
    columns = list(rows[0]) if rows else []
    labels = {c.removeprefix(f"{label}::"): c for c in columns if c.startswith(f"{label}::")}
    if label in columns:
        labels[FOR_ALL] = label
    if value not in columns or not labels:
        raise QuestionnaireError(
            f"the choice list of question {node['name']!r} lacks the column of names or of labels",
            where=str(path),
            found=", ".join(columns) or "no choice",
            possible=[f"{value} and {label}", f"{value} and {label}::English (en)"],
        )
    # A cascading list may repeat a choice under several parents; it is one choice all the same.
    by_name = {row[value].strip(): row for row in reversed(rows)}
    order = dict.fromkeys(row[value].strip() for row in rows)
    return [
        {
            "name": code,
            "score": by_name[code].get("score", ""),
            "label": {
                language: text
                for language, column in labels.items()
                if (text := by_name[code].get(column, ""))
            },
        }
        for code in order
        if code
    ]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionnaireError(
            "is not UTF-8 text; save it as CSV UTF-8", where=f"{path}, byte {error.start}"
        ) from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
        yield {str(key).strip(): str(cell or "") for key, cell in row.items()}

"""Copy the description of a study into an archive, without remarks on a confidential one."""

import datetime
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umid_research.report.study_report import DESCRIPTION
from umid_research.study import Study

_FILE = "study.toml"


def copy_description(processed: Path, target: Path, study: Study) -> None:
    """Copy study.toml, questionnaire, choice lists, outlines and definitions of the indicators.

    They are those beside the frames, from which names of people are removed already. Comments in
    the files of a confidential study are remarks of its team, so they are left out.
    """
    shutil.copytree(processed / DESCRIPTION, target)
    if study.provenance == "field":
        for path in target.rglob("*.toml"):
            entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
            path.write_text(without_comments(entries), encoding="utf-8")


def without_comments(entries: dict[str, Any]) -> str:
    """Return entries as TOML that reads back to the same entries."""
    return "\n".join(_lines(entries, ())) + "\n"


def _lines(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    if path and (plain or not table):
        yield f"\n[{'.'.join(map(_key, path))}]"
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lines(value, (*path, key))


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())}}}"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str):
        # JSON allows DEL in a text, TOML does not.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)

"""Copy the description of a study into an archive, without remarks on a confidential one."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import tomlkit

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
    return tomlkit.dumps(entries)

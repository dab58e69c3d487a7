"""What was asked, and where, kept beside the frames: so that no later stage reads the study."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umid_research.questionnaire import Questionnaire
    from umid_research.study import Study


def keep_description(raw: Path, processed: Path, study: "Study") -> None:
    """Copies study.toml without names of people, the questionnaire with its choice lists, outlines.

    What an earlier run has left of another description is removed.
    """
    from umid_research.outlines import NAME as OUTLINES
    from umid_research.outlines import read_outlines
    from umid_research.privacy import without_names
    from umid_research.questionnaire import questionnaire_path, read_form
    from umid_research.report import DESCRIPTION

    folder = processed / DESCRIPTION
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told = (raw / "study.toml").read_bytes().decode("utf-8-sig")
    (folder / "study.toml").write_bytes(without_names(told).encode())
    form = questionnaire_path(raw)
    for name in (form.name, *sorted(read_form(form).list_files)):
        shutil.copyfile(form.with_name(name), folder / name)
    if read_outlines(raw, study) is not None:
        shutil.copyfile(raw / OUTLINES, folder / OUTLINES)


def read_description(processed: Path) -> "tuple[Study, Questionnaire]":
    """The study and its questionnaire as they were when its answers were cleaned."""
    from umid_research.questionnaire import read_questionnaire
    from umid_research.report import DESCRIPTION
    from umid_research.study import read_study

    study = read_study(processed / DESCRIPTION)
    return study, read_questionnaire(processed / DESCRIPTION, study)

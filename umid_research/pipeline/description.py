"""Copy the study's description to the frames, so that later stages do not read the study folder."""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umid_research.clean import Cleaned
    from umid_research.study import Study
    from umid_research.study.questionnaire import Questionnaire


def keep_description(raw: Path, processed: Path, study: "Study") -> None:
    """Copy study.toml without names of people, the form, its choice lists, outlines and editions.

    It replaces the description of an earlier run as a whole.
    """
    from umid_research.report.study_report import DESCRIPTION
    from umid_research.runs.processes import UNFINISHED

    processed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=processed, prefix=UNFINISHED) as temporary:
        made = Path(temporary) / DESCRIPTION
        made.mkdir()
        _copy_description(raw, made, study)
        shutil.rmtree(processed / DESCRIPTION, ignore_errors=True)
        made.replace(processed / DESCRIPTION)


def _copy_description(raw: Path, folder: Path, study: "Study") -> None:
    from umid_research.clean.privacy import without_names
    from umid_research.study.outlines import NAME as OUTLINES
    from umid_research.study.outlines import read_outlines
    from umid_research.study.questionnaire import questionnaire_path, read_form

    description = (raw / "study.toml").read_bytes().decode("utf-8-sig")
    (folder / "study.toml").write_bytes(without_names(description).encode())
    form = questionnaire_path(raw)
    for name in (form.name, *sorted(read_form(form).list_files)):
        shutil.copyfile(form.with_name(name), folder / name)
    if read_outlines(raw, study) is not None:
        shutil.copyfile(raw / OUTLINES, folder / OUTLINES)
    if study.editions:
        _copy_editions(raw, folder, study)


def _copy_editions(raw: Path, folder: Path, study: "Study") -> None:
    from umid_research.disclosure.editions import edition_files, read_editions

    read_editions(raw, study)  # one that cannot be read is an error now, not after minutes
    for path in edition_files(raw, study):
        own = folder / path.relative_to(raw)
        own.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, own)


def read_answers(processed: Path) -> "tuple[Study, Questionnaire, Cleaned]":
    """Return the study, its questionnaire and the cleaned answers."""
    from umid_research.clean import read_cleaned

    study, questionnaire = read_description(processed)
    return study, questionnaire, read_cleaned(processed, questionnaire)


def read_description(processed: Path) -> "tuple[Study, Questionnaire]":
    """Return the study and its questionnaire as they were when the answers were cleaned."""
    from umid_research.report.study_report import DESCRIPTION
    from umid_research.study import read_study
    from umid_research.study.questionnaire import read_questionnaire

    study = read_study(processed / DESCRIPTION)
    return study, read_questionnaire(processed / DESCRIPTION, study)

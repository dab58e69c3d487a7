"""Create a new study folder around a form, with a `study.toml` that people complete.

Each run stops at the blanks, and names them all, so no invented value gets into a report.
"""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError, StudyError
from umid_research.study.blanks import blanks
from umid_research.study.description import described_study, unscored
from umid_research.study.proposals import (
    ROLES,
    proposed_focus,
    proposed_headline,
    proposed_roles,
)
from umid_research.study.questionnaire import FILES, questionnaire_path, questions_of, read_form
from umid_research.study.questionnaire.languages import language_code

DESCRIPTION, RESPONSES = "study.toml", "responses"


def begin_study(
    folder: Path, form: Path, *, district: str, group: str, language: str = ""
) -> list[Path]:
    """Write a study folder around a form, and return the paths that were written.

    `district` and `group` are the names of the questions for the respondent's district and group,
    `language` is the code of the language of labels whose column does not name it. Raises
    StudyError if the folder already has a study, and QuestionnaireError if the form cannot be read
    or lacks these questions.
    """
    folder, form = Path(folder).expanduser(), Path(form).expanduser()
    if (folder / DESCRIPTION).exists():
        raise StudyError("the folder already has a study", where=str(folder / DESCRIPTION))
    if not form.is_file():
        raise QuestionnaireError("this file does not exist", where=str(form))
    if f"questionnaire{form.suffix.lower()}" not in FILES:
        raise QuestionnaireError(
            "is not an XLSForm that can be read", where=str(form), possible=[".xlsx", ".xls", ".md"]
        )
    if language and language_code(language) is None:
        raise QuestionnaireError(
            "is not the code of a language", where="LANGUAGE", found=language, possible=["en", "az"]
        )
    given = [code for code in [language_code(language)] if code]
    questionnaire = read_form(form, given)
    nodes = questions_of(form, given)
    described = described_study(
        folder.name, questionnaire, nodes, form, district=district, group=group
    )
    copied = folder / f"questionnaire{form.suffix.lower()}"
    (folder / RESPONSES).mkdir(parents=True, exist_ok=True)
    if form.resolve() != copied.resolve():
        shutil.copyfile(form, copied)
    lists = [folder / name for name in sorted(questionnaire.list_files)]
    for path in lists:
        if form.with_name(path.name).resolve() != path.resolve():
            shutil.copyfile(form.with_name(path.name), path)
    (folder / DESCRIPTION).write_text(described, encoding="utf-8")
    return [folder / DESCRIPTION, copied, *lists, folder / RESPONSES]


def advice(folder: Path) -> Iterator[str]:
    """Yield what a person must still say in a new study, and what is proposed, a line each."""
    description = tomllib.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    languages, roles = description["languages"], description["roles"]
    path = questionnaire_path(folder)
    questionnaire = read_form(path, languages)
    for blank in blanks(description):
        yield f"blank    {blank}"
    for line in unscored(questionnaire, languages[0]):
        yield f'blank    [missing] is blank. {line}; for example dont_know = ["-1"]'
    district, group = roles["district"], roles["group"]
    nodes = questions_of(path, languages)
    proposed = proposed_roles(questionnaire, nodes, district=district, group=group)
    headline = proposed_headline(questionnaire, taken=[*roles.values(), *proposed.values()])
    entries = {f"roles.{role}": name for role, name in proposed.items()} | {
        "headline": headline,
        "focus": ", ".join(proposed_focus(questionnaire)),
    }
    if listed := [f"{entry} = {value}" for entry, value in entries.items() if value]:
        yield f"propose  {'; '.join(listed)}"
    for role, cost in ROLES.items():
        if role not in roles:
            yield f"without  roles.{role}: {cost}"

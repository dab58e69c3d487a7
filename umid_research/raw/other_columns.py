"""Tell which columns hold no answer, and refuse those that nobody knows.

A column without answers must be known: those that KoboToolbox, ODK Central and Google Forms add,
and those that the form or the study names. Any other may be a question that the export gained.
"""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from textwrap import shorten

from umid_research.errors import ExportError
from umid_research.raw.headers import Target, labels_of
from umid_research.raw.letters import damaged
from umid_research.raw.table import Table, normal
from umid_research.study import Study, wordings_entry
from umid_research.study.questionnaire import Question, Questionnaire

_NUMBERED = re.compile(r"(?:_\d+)+$")
VERSIONS = ("__version__", "_version_", "FormVersion", "formdef_version")
_SYSTEM = frozenset({"start", "end", "today", "deviceid", "username", "meta", "instanceID"})
_SYSTEM |= {"formhub", *VERSIONS}
# The columns that ODK Central and SurveyCTO add; a file with `KEY` is from one of them.
_CENTRAL = frozenset(
    {
        *("SubmissionDate", "SubmitterID", "SubmitterName", "AttachmentsPresent"),
        *("AttachmentsExpected", "Status", "DeviceID", "Edits", "KEY", "PARENT_KEY"),
        *("instanceName", "review_comments", "review_corrections"),
    }
)


def unknown_columns(
    table: Table,
    positions: list[int],
    found: dict[int, tuple[Target, ...]],
    questionnaire: Questionnaire,
    study: Study,
) -> ExportError:
    """Return the error for columns that match no question, with the likely cause."""
    names = [shorten(table.header[position], 60, placeholder=" …") for position in positions]
    all_names = [normal(table.header[position]) for position in positions]
    held = {name for targets in found.values() for name, _ in targets}
    free = [q for q in questionnaire if q.name not in held and not q.counts]
    first = normal(table.header[positions[0]])
    all_labels = [label for question in questionnaire for label in labels_of(question.texts)]
    if original := damaged(table.header[positions[0]], all_labels):
        return ExportError(
            "has a column whose name lost letters when the file was saved in another encoding; "
            "export it again, or save it as CSV UTF-8",
            where=f"{table.where}, column {names[0]}",
            found=names[0],
            possible=[original],
        )
    repeated = [name for name in names if _is_of_a_member(name, questionnaire)]
    if repeated:
        return ExportError(
            "has answers of a repeated group among those of the submission; export the group as "
            "a separate sheet or file (SurveyCTO: long format)",
            where=f"{table.where}, column {repeated[0]}",
        )
    if not held:
        return ExportError(
            "has no column of the questionnaire; it belongs to another form, or is in a language "
            "that the form does not have, or the column names are not in row 1",
            where=table.where,
            found=", ".join(names),
        )
    label, similar = _similar(first, free) or _similar(first, [*questionnaire]) or ("", None)
    name = similar.name if similar else free[0].name if len(free) == 1 else "QUESTION"
    return ExportError(
        "has a column that the questionnaire does not have; if it is a question in an older "
        "wording, add that to `wordings` in study.toml; if it can be left out, name it in "
        "`ignored_columns`",
        where=f"{table.where}, column {names[0]}",
        found=", ".join(names),
        possible=[label] if similar else [question.name for question in free] or None,
        to_copy=[
            wordings_entry(study, name, table.header[positions[0]]),
            _ignoring([*study.ignored_columns, *all_names]),
        ],
    )


def _is_of_a_member(name: str, questionnaire: Questionnaire) -> bool:
    """Return whether a column is that of a repeated group, or of one of its members (`age_2`)."""
    last = name.split("/")[-1]
    return bool({last, _NUMBERED.sub("", last)} & questionnaire.repeated)


def _ignoring(names: list[str]) -> str:
    """Return the line of study.toml for columns that are left out."""
    return f"ignored_columns = {json.dumps(names, ensure_ascii=False)}"


def _similar(header: str, questions: Sequence[Question]) -> tuple[str, Question] | None:
    """Return the label that is most like the header, if one is, and its question."""
    by_label = {label: q for q in questions for label in labels_of(q.texts)}
    found = get_close_matches(header, by_label, n=1)
    return (found[0], by_label[found[0]]) if found else None


def is_known(
    text: str, texts: dict[int, str], questionnaire: Questionnaire, ignored: Iterable[str]
) -> bool:
    """Return whether the column is known to hold no answer to a question."""
    known = _SYSTEM | frozenset(ignored) | questionnaire.silent
    known |= {f"SET-OF-{name}" for name in questionnaire.repeated}
    if not {"KEY", "PARENT_KEY"}.isdisjoint(texts.values()):
        known |= _CENTRAL
    ends = {text, text.split("/")[0], text.split("/")[-1]}
    groups = {text.removeprefix(f"{group}-") for group in ("meta", *questionnaire.groups)}
    return text.startswith("_") or bool((ends | groups) & known)

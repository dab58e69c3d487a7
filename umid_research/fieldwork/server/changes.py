"""Compare two forms: which questions and choices came, went or changed their type."""

from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import UmidError
from umid_research.study.questionnaire import Questionnaire, read_form


def form_changes(old: Path, new: Path) -> list[str]:
    """Return a text per kind of difference from the old form to the new one, empty if none.

    Labels and columns for scoring are not compared: people may have changed those on purpose.
    """
    try:
        before, after = read_form(old), read_form(new)
    except UmidError as error:
        return [f"they cannot be compared ({error.problem})"]
    return [f"{what} {', '.join(names)}" for what, names in _changes(before, after) if names]


def _changes(before: Questionnaire, after: Questionnaire) -> Iterator[tuple[str, list[str]]]:
    yield "new questions:", [name for name in after.names if name not in before.names]
    yield "no longer there:", [name for name in before.names if name not in after.names]
    both = [(before[name], after[name]) for name in before.names if name in after.names]
    yield "of another type:", [new.name for old, new in both if old.kind != new.kind]
    yield (
        "with other choices:",
        [new.name for old, new in both if set(old.choice_names) != set(new.choice_names)],
    )

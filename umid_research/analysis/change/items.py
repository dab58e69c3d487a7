"""Find the items that two rounds of a study share; only these are compared.

    dimension  item          state    bridged  used
    trust      trust_cdc     same     False    True
    trust      trust_office  wording  True     True
    trust      trust_court   scale    False    False
    services   e_services    later    False    False

For example, `trust_office` is worded differently in the later round, but the study declares under
`bridges` that it means the same. `trust_court` has other choices or other scores and is left out,
as is `e_services`, which only the later round asked. An item is the same if its wording and its
choices are equal in every language that both rounds have, and if its answers have the same scores.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from umid_research.errors import StudyError
from umid_research.frames import Schema, flag, text
from umid_research.study.questionnaire import Question, Questionnaire

SAME, WORDING, SCALE, MOVED = "same", "wording", "scale", "moved"
EARLIER, LATER = "earlier", "later"
CHANGED = (WORDING, SCALE, MOVED)
ITEMS = Schema(
    "change_items",
    {
        "dimension": text(),
        "item": text(),
        "state": text(),
        **{name: flag() for name in ("bridged", "used")},
    },
    key=("item",),
)


def compare_items(
    earlier: Questionnaire, later: Questionnaire, bridges: Mapping[str, str]
) -> pd.DataFrame:
    """Return one row per scored item of either round; see the module.

    Items stand in the order of the later form, those of the earlier round alone at the end.
    `bridges` are the items that are compared although they changed, each with the reason.

    Raises
    ------
    StudyError
        A bridge names an item that did not change, or that one of the rounds lacks; or the two
        forms have no language in common, so that nobody can tell whether an item is the same.
    """
    languages = sorted(_languages(earlier) & _languages(later))
    if not languages:
        raise StudyError(
            "the two rounds have no language in common, so their items cannot be compared",
            where="questionnaire",
            found=", ".join(sorted(_languages(later))),
            possible=sorted(_languages(earlier)),
        )
    before = {item.name: item for item in earlier if item.dimension}
    after = {item.name: item for item in later if item.dimension}
    states = {
        name: _state(before[name], item, languages) if name in before else LATER
        for name, item in after.items()
    }
    states |= {name: EARLIER for name in before if name not in after}
    for name in bridges:
        if states.get(name) not in CHANGED:
            raise StudyError(
                "a bridge is for an item that both rounds have and that changed",
                where="study.toml, entry bridges",
                found=name,
                possible=[name for name, state in states.items() if state in CHANGED],
            )
    rows = [
        (
            (after.get(name) or before[name]).dimension,
            name,
            state,
            name in bridges,
            state == SAME or name in bridges,
        )
        for name, state in states.items()
    ]
    return ITEMS.of(pd.DataFrame(rows, columns=list(ITEMS.columns)))


def with_shared_items(form: Questionnaire, items: pd.DataFrame) -> Questionnaire:
    """Return the form with only the used items scored, in the dimensions of the later round."""
    used = items[items["used"]]
    dimensions = dict(zip(used["item"], used["dimension"], strict=True))
    questions = tuple(replace(item, dimension=dimensions.get(item.name)) for item in form)
    return replace(form, questions=questions)


def _languages(form: Questionnaire) -> set[str]:
    return {language for item in form if item.dimension for language in item.labels}


def _state(before: Question, after: Question, languages: list[str]) -> str:
    """Return what is different, the most serious difference first."""
    if before.scores != after.scores or _texts(before, languages) != _texts(after, languages):
        return SCALE
    if any(_plain(before.labels, one) != _plain(after.labels, one) for one in languages):
        return WORDING
    return MOVED if before.dimension != after.dimension else SAME


def _texts(item: Question, languages: list[str]) -> list[tuple[str, ...]]:
    """Return the code and the labels of each choice that is scored, in the form's order."""
    scored = [choice for choice in item.choices if choice.score is not None]
    return [(one.name, *(_plain(one.labels, language) for language in languages)) for one in scored]


def _plain(labels: Mapping[str, str], language: str) -> str:
    """Return a label without the differences that nobody who reads it aloud would hear."""
    return " ".join(labels.get(language, "").split()).casefold()

"""Read answers to the questions for district, locality and group as codes of the study.

After folding (see `spelling`), a text matches if it is the code, a name, a form label or an alias
of one entry only. Similar spellings are suggested to a person and never applied. A text with the
names of two districts matches neither: `Quba-Xaçmaz` is a region.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from umid_research.clean.reading import Reading, read_each, suggestion
from umid_research.study import District, Group, Study
from umid_research.study.questionnaire import Question
from umid_research.study.spelling import folded, near_misses

# Words for the kind of place, which do not say which place it is.
_KINDS_OF_PLACE = frozenset(
    {"rayon", "rayonu", "rayonunda", "district", "raion", folded("район"), folded("районе")}
)


def read_districts(texts: np.ndarray, question: Question, study: Study) -> Reading:
    """Read each text as a district's code (`place_spelling`), "" if it matches none."""
    return _read(texts, _entries(study.districts, question))


def read_groups(texts: np.ndarray, question: Question, study: Study) -> Reading:
    """Read each text as a group's code (`place_spelling`), "" if it matches none."""
    return _read(texts, _entries(study.groups, question))


def read_localities(
    texts: np.ndarray, district: np.ndarray, question: Question, study: Study
) -> Reading:
    """Read each text as a locality of the district whose code is at the same position."""
    parts = np.empty((len(texts), 3), dtype=object)
    entries = {entry.code: entry for entry in study.districts.values()}
    for code in dict.fromkeys(district):
        here = district == code
        known = _localities(entries[code], question) if code in entries else {}
        reading = _read(texts[here], known)
        parts[here] = np.column_stack([reading.answers, reading.rules, reading.notes])
    return Reading(parts[:, 0], parts[:, 1], parts[:, 2])


def _entries(
    entries: Mapping[str, District] | Mapping[str, Group], question: Question
) -> dict[str, tuple[str, ...]]:
    labels = {choice.name: choice.texts for choice in question.choices}
    return {
        entry.code: (key, *entry.name.values(), *entry.aliases, *labels.get(entry.code, ()))
        for key, entry in entries.items()
    }


def _localities(district: District, question: Question) -> dict[str, tuple[str, ...]]:
    labels = {choice.name: choice.texts for choice in question.choices}
    return {
        name: (*labels.get(name, ()), *district.locality_aliases.get(name, ()))
        for name in district.localities
    }


def _read(texts: np.ndarray, known: Mapping[str, Iterable[str]]) -> Reading:
    meanings = _meanings(known)
    read = {text: (text, "", "") for text in ("", *known)}
    unknown = {text: _folded_place(text) for text in texts if text not in read}
    unread = [form for form in unknown.values() if not _codes_in(form, meanings)]
    near = near_misses(unread, {form: codes[0] for form, codes in meanings.items()})
    for text, form in unknown.items():
        codes = meanings.get(form, ())
        if len(codes) == 1:
            read[text] = (codes[0], "place_spelling", "")
        else:
            read[text] = ("", "unknown_choice", suggestion(codes or near.get(form, ())))
    return read_each(texts, read.__getitem__)


def _meanings(known: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Map each folded spelling to the codes it may mean."""
    meanings: dict[str, tuple[str, ...]] = {}
    for code, names in known.items():
        for form in {_folded_place(name) for name in (code, *names)} - {""}:
            meanings[form] = (*meanings.get(form, ()), code)
    return meanings


def _codes_in(form: str, meanings: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether the spelling is known, or names two entries and so must match neither."""
    words = [meanings[word] for word in form.split() if word in meanings]
    return form in meanings or len(set(words)) > 1


def _folded_place(text: str) -> str:
    words = folded(text).split()
    named = [word for word in words if word not in _KINDS_OF_PLACE]
    return " ".join(named or words)

"""Read answers to select questions: codes, or the form's labels in any of its languages."""

import re
from collections.abc import Callable, Collection, Mapping

import numpy as np

from umid_research.clean.reading import Reading, read_each, suggestion
from umid_research.raw import AMBIGUOUS, UNKNOWN, choice_reader
from umid_research.study.questionnaire import Question
from umid_research.study.spelling import folded, near_misses

NOT_ASKED_CODE = "not_asked_code"
_BETWEEN = re.compile(r"[,;|\n/]")
_WHOLE_NUMBER = re.compile(r"(-?\d+)[.,]0+")
_LONGEST_LIST = 10_000


def read_choices(texts: np.ndarray, question: Question) -> Reading:
    """Return the known codes in the form's order; leave out the rest (`unknown_choice`).

    `raw` has already turned exact labels into codes. Here a label in another spelling, or a code
    as a spreadsheet writes numbers ("2.0"), becomes its code if it matches one choice only
    (`choice_label`). Labels that could be read in two ways are left blank (`ambiguous_choices`).
    """
    names = frozenset(question.choice_names)
    several = question.kind == "select_multiple"
    if several:
        known = {
            text: (_in_order(text, question), "", "")
            for text in texts
            if names >= set(text.split())
        }
    else:
        known = {text: (text, "", "") for text in names | {""}}
    unknown = [text for text in texts if text not in known]
    if unknown:
        meanings = _spellings(question)
        read = _inexact_reader(question, meanings)
        known |= {text: read(text) for text in unknown}
        unread = {text: folded(text) for text in unknown if known[text] == ("", UNKNOWN, "")}
        near = near_misses(list(dict.fromkeys(unread.values())), meanings)
        for text, form in unread.items():
            known[text] = ("", UNKNOWN, suggestion(near.get(form, ())))
    return read_each(texts, known.__getitem__)


def without_not_asked(reading: Reading, texts: np.ndarray, codes: Collection[str]) -> Reading:
    """Return the reading with "not asked" codes blanked (`not_asked_code`).

    `codes` come from `missing.not_asked` in study.toml; they need not be choices of the form. If
    such a code is ticked together with answers, the two contradict each other and nobody can know
    which is right, so the whole answer is blanked as ambiguous.
    """
    if not codes:
        return reading
    answers, rules, notes = reading.answers.copy(), reading.rules.copy(), reading.notes.copy()
    for i, (text, answer) in enumerate(zip(texts, reading.answers, strict=True)):
        ticks = set(text.split() if text in codes else answer.split())
        if ticks & set(codes):
            rule = NOT_ASKED_CODE if ticks <= set(codes) else AMBIGUOUS
            answers[i], rules[i], notes[i] = "", rule, ""
    return Reading(answers, rules, notes)


def _spellings(question: Question) -> Mapping[str, str]:
    """Map each folded code or label to its code, leaving out those that several codes share."""
    meanings: dict[str, set[str]] = {}
    for choice in question.choices:
        for text in (choice.name, *choice.texts):
            meanings.setdefault(folded(text), set()).add(choice.name)
    return {form: min(codes) for form, codes in meanings.items() if form and len(codes) == 1}


def _inexact_reader(
    question: Question, meanings: Mapping[str, str]
) -> Callable[[str], tuple[str, str, str]]:
    """Return a function that reads a text which is not a code: text -> (answer, rule, note)."""
    read_exactly = choice_reader(question)

    def code(text: str) -> str:
        number = _WHOLE_NUMBER.fullmatch(text.strip())
        if number and number[1] in question.choice_names:
            return number[1]
        return meanings.get(folded(text), "")

    def read(text: str) -> tuple[str, str, str]:
        codes, rule = read_exactly(text)
        if rule == AMBIGUOUS:
            return "", AMBIGUOUS, ""
        if rule == "":
            return codes, "choice_label", ""
        parts = [text] if code(text) or question.kind == "select_one" else _parts(text)
        read_parts = [code(part) for part in parts]
        if read_parts and all(read_parts):
            return _in_order(" ".join(read_parts), question), "choice_label", ""
        return codes, UNKNOWN, ""

    return read


def _parts(text: str) -> list[str]:
    if len(text) > _LONGEST_LIST:
        return []
    return [part for part in _BETWEEN.split(text) if part.strip()]


def _in_order(text: str, question: Question) -> str:
    chosen = set(text.split())
    return " ".join(name for name in question.choice_names if name in chosen)

"""Answers to questions with choices: codes, or labels of the form in any of its languages."""

import re
from collections.abc import Callable, Collection, Mapping

import numpy as np

from umid_research.clean.reading import Reading, read_each, suggestion
from umid_research.questionnaire import Question
from umid_research.raw import AMBIGUOUS, UNKNOWN, choice_reader
from umid_research.spelling import folded, near_misses

NOT_ASKED_CODE = "not_asked_code"
_BETWEEN = re.compile(r"[,;|\n/]")
_WHOLE_NUMBER = re.compile(r"(-?\d+)[.,]0+")
_LONGEST_LIST = 10_000


def read_choices(texts: np.ndarray, question: Question) -> Reading:
    """Known codes in the form's order; what is no choice is left out (`unknown_choice`).

    Intake has read what stood in the form's own words. Here a label in another spelling, or a
    code as a spreadsheet writes numbers, becomes its code (`choice_label`) where it can be one
    choice only; labels that could be read in two ways are none (`ambiguous_choices`).
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
        read = _strange_reader(question, meanings)
        known |= {text: read(text) for text in unknown}
        unread = {text: folded(text) for text in unknown if known[text] == ("", UNKNOWN, "")}
        near = near_misses(list(dict.fromkeys(unread.values())), meanings)
        for text, form in unread.items():
            known[text] = ("", UNKNOWN, suggestion(near.get(form, ())))
    return read_each(texts, known.__getitem__)


def without_not_asked(reading: Reading, texts: np.ndarray, codes: Collection[str]) -> Reading:
    """Return the reading with answers that only say "not asked" left blank (`not_asked_code`).

    `codes` are those of `missing.not_asked`; they need not be choices of the form. Such a code
    ticked together with answers contradicts them: which is right cannot be known, so the whole
    answer is ambiguous.
    """
    if not codes:
        return reading
    answers, rules, notes = reading.answers.copy(), reading.rules.copy(), reading.notes.copy()
    for place, (text, answer) in enumerate(zip(texts, reading.answers, strict=True)):
        ticks = set(text.split() if text in codes else answer.split())
        if ticks & set(codes):
            rule = NOT_ASKED_CODE if ticks <= set(codes) else AMBIGUOUS
            answers[place], rules[place], notes[place] = "", rule, ""
    return Reading(answers, rules, notes)


def _spellings(question: Question) -> Mapping[str, str]:
    """Folded code or label -> the code it means, where it means one only."""
    meanings: dict[str, set[str]] = {}
    for choice in question.choices:
        for text in (choice.name, *choice.labels.values()):
            meanings.setdefault(folded(text), set()).add(choice.name)
    return {form: min(codes) for form, codes in meanings.items() if form and len(codes) == 1}


def _strange_reader(
    question: Question, meanings: Mapping[str, str]
) -> Callable[[str], tuple[str, str, str]]:
    """A function from a text that is no code to answer, rule and note."""
    in_the_forms_words = choice_reader(question)

    def code(text: str) -> str:
        number = _WHOLE_NUMBER.fullmatch(text.strip())
        if number and number[1] in question.choice_names:
            return number[1]
        return meanings.get(folded(text), "")

    def read(text: str) -> tuple[str, str, str]:
        codes, rule = in_the_forms_words(text)
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

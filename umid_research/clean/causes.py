"""Name the likely cause if answers to a question cannot be read, and what to do about it.

    values received     form has        cause
    2, 5                02, 05          a spreadsheet program removed leading zeros
    Raz?yam             Razıyam         letters were lost when the file was saved
    v7, v12             1, 2            codes of another version of the form
    agree               Fully           words that the form does not have
    01.03.24            a date          the year has two digits, so the century is unknown

The first two are proven by the text itself; the others are what is most likely.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches

from umid_research.raw import damaged
from umid_research.study import Study, wordings_entry
from umid_research.study.questionnaire import Question

LETTERS = (
    "letters were lost or replaced when the file was saved in another encoding; "
    "export it again, or save it as CSV UTF-8"
)
WORDS = "they are in words that the form does not have: another language, or reworded choices"
ZEROS = (
    "leading zeros were lost, as a spreadsheet program does it; export the file again and do not "
    "save it from there"
)
_CODE = re.compile(r"\S{1,20}(?: \S{1,20})*")
_OPEN_NUMBER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_SHORT_YEAR = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d\d(?!\d)")
_OTHER_YEAR = re.compile(r"(?<!\d)(?!19|20)\d{4}(?!\d)")


def known_texts(question: Question, study: Study) -> list[str]:
    """Return all texts that can be an answer to the question: codes, labels, names of places."""
    texts = [text for c in question.choices for text in (c.name, *c.texts)]
    for role, entries in (("district", study.districts), ("group", study.groups)):
        if question.name == getattr(study.roles, role):
            texts += [name for e in entries.values() for name in (*e.name.values(), *e.aliases)]
    if question.name == study.roles.locality:
        texts += [name for d in study.districts.values() for name in d.localities]
    return texts


def proven_cause(text: str, known: Iterable[str], question: Question) -> str:
    """Return the cause that the text proves, "" if it proves none."""
    if not question.choices and not known:
        return ""
    if damaged(text, known) is not None:
        return LETTERS
    numbers = {int(code): code for code in question.choice_names if code.isdecimal()}
    words = text.split() if question.kind == "select_multiple" else [text]
    unknown = [word for word in words if word not in question.choice_names]
    if unknown and all(word.isdecimal() and int(word) in numbers for word in unknown):
        return ZEROS
    return ""


def likely_cause(values: Collection[str], question: Question) -> str:
    """Return the most likely cause why the question has none of these values."""
    if question.kind in ("integer", "decimal"):
        if values and all(map(_OPEN_NUMBER.fullmatch, values)):
            return (
                "a sign before three digits can divide decimals or thousands; write numbers "
                "without signs between thousands, and decimals with a point"
            )
        return "they are not numbers, or the form's constraint does not allow them"
    if question.kind == "date":
        if values and all(map(_SHORT_YEAR.match, values)):
            return "years of two digits can be of two centuries; write dates as 2024-03-31"
        if values and all(map(_OTHER_YEAR.search, values)):
            return "the years are not from 1900 to 2099; is it another calendar?"
        return "they are not dates or can mean two days, or the form's constraint excludes them"
    if set(values) <= set(question.choice_names):
        return "the form's constraint does not allow them"
    if all(_CODE.fullmatch(text) and text.islower() | text.isdecimal() for text in values):
        return "the codes are of another version of the form, or of another list of choices"
    return WORDS


def older_wording(
    question: Question, cause: str, values: Sequence[tuple[int, str]], study: Study
) -> Iterator[str]:
    """Yield the line of study.toml for the most frequent value, if it is a choice in other words.

    `values` are the values that may be shown, each after its count.
    """
    if cause == WORDS and values and question.choices:
        text = values[0][1]
        by_label = {label: c.name for c in question.choices for label in (c.name, *c.texts)}
        similar = get_close_matches(text, by_label, n=1)
        code = by_label[similar[0]] if similar else "CODE"
        yield wordings_entry(study, f"{question.name}/{code}", text)

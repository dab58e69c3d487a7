"""Find the languages of a form in which no text is missing: those in which it can be reported."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError
from umid_research.study.questionnaire import Questionnaire

_CODE = re.compile(r"[a-z]{2,3}")


def complete_languages(questionnaire: Questionnaire, form: Path) -> tuple[list[str], str]:
    """Return the languages in which no text is missing, and a comment on the others.

    Raises QuestionnaireError if there is none: the labels do not say their language, or every
    language lacks a text.
    """
    lacking = _lacking(questionnaire)
    complete = [code for code, places in lacking.items() if _CODE.fullmatch(code) and not places]
    if complete:
        return complete, "".join(_left_out(lacking))
    unknown = [code for code in lacking if not _CODE.fullmatch(code)]
    if unknown or not lacking:
        names = [f"label::{code}" if code else "label" for code in unknown] or ["no label"]
        raise QuestionnaireError(
            "the labels do not say their language; give its code to `make begin` as LANGUAGE=az, "
            "or write it behind the language's name in the form",
            where=str(form),
            found=", ".join(names),
            possible=["LANGUAGE=en", "label::English (en)", "label::Azərbaycan (az)"],
        )
    shown = [
        f"{code}: {places[0]} (and {len(places) - 1} more)" for code, places in lacking.items()
    ]
    raise QuestionnaireError(
        "every language of the form lacks a label", where=str(form), found="; ".join(shown)
    )


def _lacking(questionnaire: Questionnaire) -> dict[str, list[str]]:
    """Map each language of the form to the questions and choices that have no label in it."""
    texts = {
        f"question {question.name}{where}": labels
        for question in questionnaire
        for where, labels in (
            ("", question.labels),
            *((f", choice {choice.name}", choice.labels) for choice in question.choices),
        )
    }
    codes = dict.fromkeys(code for labels in texts.values() for code in labels)
    return {
        code: [place for place, labels in texts.items() if not labels.get(code, "").strip()]
        for code in codes
    }


def _left_out(lacking: dict[str, list[str]]) -> Iterator[str]:
    """Yield a comment for each language of the form that is not one of the study."""
    for code, places in lacking.items():
        if code and places:
            number = len(places)
            yield f"# Not {json.dumps(code)}: {number} labels are missing, first of {places[0]}.\n"
    if "" in lacking and not lacking[""]:
        yield (
            "# The form has labels without a language too. If they are in another one, add its "
            "code here.\n"
        )

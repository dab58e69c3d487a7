"""Read a ranking as one question for each place, whose answer is the choice put there.

    rank need | needs | Which needs come first?     ->   needs_1   Which needs come first? (place 1)
                                                         needs_2   Which needs come first? (place 2)

The answers are counted like those of any question with one choice. They are not scored,
because nobody said how far apart two places are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from umid_research.messages import Messages, languages
from umid_research.study.questionnaire.form import Question

_FORMS = "forms"


def place_questions(question: Question) -> Iterator[Question]:
    """Yield a question for each place of a ranking, as many as it has choices."""
    for place in range(1, len(question.choices) + 1):
        yield replace(
            question,
            name=f"{question.name}_{place}",
            labels=MappingProxyType(_labels(question.labels, place)),
            constraint=None,
        )


def places_of(node: Mapping[str, Any], questions: Iterable[Question]) -> tuple[str, ...]:
    """Return the names of the questions for the places of a ranking, the first place first.

    There are none for a ranking in a repeated group.
    """
    names = {question.name for question in questions}
    codes = dict.fromkeys(str(choice["name"]) for choice in node.get("choices", ()))
    places = (f"{node['name']}_{place}" for place in range(1, len(codes) + 1))
    return tuple(name for name in places if name in names)


def _labels(labels: Mapping[str, str], place: int) -> dict[str, str]:
    known = languages(_FORMS)
    return {
        code: Messages(code, catalogue=_FORMS)("rank.place", question=text, place=str(place))
        if code in known
        else f"{text} ({place})"
        for code, text in labels.items()
    }

"""Read every number with its noun out of the documents of a build, and find two values of one.

    text of the catalogue               names  numbers   documents
    cover.simulated                     Guba … 65, 44    study.html, annex.html
    findings.difference.clear           -      27, 1     study.html

For example, "it imitates a survey of {n} people in {units} …" is found in two documents with the
same numbers. The texts of the catalogue are the nouns: a number is what stands in the place of a
brace. Texts of fewer than `_LETTERS` letters name nothing by themselves, such as "{k} of {n}".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from umid_research.messages import WORDS, Messages

_LETTERS = 14
_NUMBER = re.compile(r"[+\N{MINUS SIGN}]?\d[\d.,]*")
_PLACE = re.compile(r"{(\w+)}")
_ANYTHING = r"([^.;:?!()\[\]“”]{0,90}?)"
# Texts that say the same of different things that stand before them: a table, a figure, a
# municipality, a register. What they are about is not in the sentence.
_OF_WHAT_STANDS_BEFORE = (
    *("annex.", "figure.", "table.", "activities.next.", "activities.below", "reading."),
    *("implementation.share", "implementation.checked", "implementation.count"),
    *("robustness.run.", "explore.", "sheets.", "unit.", "actions.", "differences."),
    "in_short.chance",
)

Quantity = tuple[str, tuple[str, ...]]
Found = dict[tuple[str, ...], set[str]]


def quantities(
    documents: Mapping[str, str], text: Messages, words: Iterable[str] = ()
) -> dict[Quantity, Found]:
    """Return key and names of each text with numbers -> its numbers -> the documents with them.

    `documents` maps the name of a document to its text, `words` are the study's own words.
    """
    plain = {name: " ".join(content.split()) for name, content in documents.items()}
    found: dict[Quantity, Found] = defaultdict(lambda: defaultdict(set))
    for key, pattern, longest in _patterns(text, words):
        for name, content in plain.items():
            for match in pattern.finditer(content) if longest in content else ():
                groups = [group.strip() for group in match.groups()]
                numbers = tuple(g for g in groups if _NUMBER.fullmatch(g))
                names = tuple(g for g in groups if not _NUMBER.fullmatch(g))
                if numbers:
                    found[key, names][numbers].add(name)
    return found


def contradictions(found: Mapping[Quantity, Found]) -> list[str]:
    """Return a line for each quantity that has more than one value in the documents."""
    return [
        f"{key} {names}: "
        + "; ".join(f"{', '.join(n)} in {', '.join(sorted(d))}" for n, d in sorted(values.items()))
        for (key, names), values in sorted(found.items())
        if len(values) > 1
    ]


def _patterns(text: Messages, words: Iterable[str]) -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Yield key, pattern and the longest literal part of each text that can hold a number."""
    own = dict(zip(WORDS, words, strict=False))
    for key in text.keys:
        if key.startswith(_OF_WHAT_STANDS_BEFORE):
            continue
        for template in _templates(text, key, own):
            parts = _PLACE.split(template)
            literals = parts[::2]
            letters = sum(char.isalpha() for literal in literals for char in literal)
            if len(parts) == 1 or letters < _LETTERS:
                continue
            pattern = _ANYTHING.join(re.escape(literal) for literal in literals)
            before = r"(?<![\w,.\N{MINUS SIGN}])" if not literals[0] else ""
            after = r"(?![\w%])" if not literals[-1] else ""
            yield key, re.compile(before + pattern + after), max(literals, key=len)


def _templates(text: Messages, key: str, own: Mapping[str, str]) -> Iterator[str]:
    """Yield the forms of a text as a reader sees them: without markup, with the study's words."""
    entry = text._texts[key]
    for form in [entry] if isinstance(entry, str) else entry.values():
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", form.replace("**", ""))
        for place, word in own.items():
            plain = plain.replace(f"{{{place}}}", word)
        yield " ".join(plain.split())

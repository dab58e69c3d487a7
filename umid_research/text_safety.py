"""Text of anybody -> text that is only text: no sign that cannot be seen, and never too long.

What people write reaches pages, sheets and slides. Control signs break their files, and signs that
turn the direction of writing make a line read as what it does not say; both are shown as �.
"""

import re

# Control signs, those that turn the direction of writing, and what no XML file can hold.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def without_control_characters(text: str) -> str:
    """Text in which control signs, and those that turn the direction of writing, are visible."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Legible text on one line, with one space for any white space."""
    return without_control_characters(" ".join(text.split()))


def shortened(text: str, most: int, cut: str) -> str:
    """The text if it has at most `most` signs, else its beginning and the word `cut`.

    Signs are counted as Office programs count them: those beyond the first 65,536 are two.
    """
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * most:
        return text
    kept = encoded[: 2 * (most - len(cut) - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept} {cut}"

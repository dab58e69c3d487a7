"""Make text from people safe to show: visible characters only, on one line, of limited length.

Text from people is shown on pages, sheets and slides. Control characters break these files, and
characters that change the writing direction can make a line look like different text. Both are
replaced by �.
"""

import re

# Control characters, bidirectional formatting characters, and characters not allowed in XML.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def without_control_characters(text: str) -> str:
    """Replace control characters, and those that change the writing direction, by �."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Return safe text on one line, with every run of white space as one space."""
    return without_control_characters(" ".join(text.split()))


def shortened(text: str, most: int, cut: str) -> str:
    """Return the text if it has at most `most` characters, else its beginning and the word `cut`.

    Characters are counted as Office programs do, in UTF-16 units: those above U+FFFF count twice.
    """
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * most:
        return text
    kept = encoded[: 2 * (most - len(cut) - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept} {cut}"

"""The style of all figures: widths, fonts, text measurement and colours that survive grey print."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import ascii_uppercase
from typing import Literal

import fontpkg_fira_sans
import matplotlib
import numpy as np
from matplotlib import colors, font_manager
from matplotlib.ft2font import FT2Font, LoadFlags

FAMILY = fontpkg_fira_sans.FAMILY
# Points. WIDTH plus the margins is the text width of an A4 page; at NARROW the letter sizes below
# stay legible when the drawing fills the width of a phone.
WIDTH, NARROW = 508.0, 290.0
TEXT, SMALL = 11.0, 9.5
LEADING = 1.3

INK, QUIET, RULE, FAINT, PAPER = "#1a1a1a", "#595959", "#c8c8c8", "#ececec", "#ffffff"
# After Okabe and Ito: distinguishable with any colour vision. The markers differ in grey print.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0508a", "#8a6d00", "#1a1a1a", "#56b4e9")
_MARKERS = ("circle", "square", "diamond", "triangle", "wedge", "cross", "bar")
NEGATIVE, POSITIVE = ("#b84a00", "#f7c9a6"), ("#00568c", "#a9d3ef")
MIDDLE, UNSCORED = "#a6a6a6", "#d4d4d4"

# Replaces a withheld number in figures and tables, in every language.
WITHHELD = "×"
_UNBROKEN = "\N{NO-BREAK SPACE}"
LOOK = {
    "svg.fonttype": "none",
    "svg.hashsalt": "umid",
    "font.family": [FAMILY, "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
}
Weight = Literal["normal", "bold"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Series:
    """Colour and marker of one group or district in a figure; a letter is drawn on the marker."""

    colour: str
    marker: str
    hollow: bool = False
    letter: str = ""


def series_of(keys: Iterable[str]) -> dict[str, Series]:
    """Return a colour and a marker for each key, in the order given; no pair is used twice.

    If there are more keys than colours, all keys share one colour and each gets its own letter.
    """
    keys = list(keys)
    if len(keys) <= len(_COLOURS):
        pairs = zip(_COLOURS, _MARKERS, strict=True)
        return {key: Series(*pair) for key, pair in zip(keys, pairs, strict=False)}
    return {
        key: Series(_COLOURS[0], "circle", letter=_letter(place)) for place, key in enumerate(keys)
    }


def _letter(place: int) -> str:
    """Return A to Z, then AA, AB and so on. Numbers would look like ranks."""
    before, last = divmod(place, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]


def shades(count: int, ends: tuple[str, str]) -> list[str]:
    """Return `count` colours from the dark end to the light end."""
    dark, light = (np.array(colors.to_rgb(colour)) for colour in ends)
    steps = np.linspace(0, 1, count) if count > 1 else np.zeros(count)
    return [colors.to_hex(dark + step * (light - dark)) for step in steps]


def is_dark(colour: str) -> bool:
    """Return whether white letters have more contrast than black ones on the colour (WCAG 2)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in colors.to_rgb(colour)
    ]
    luminance = sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05


@dataclass(frozen=True)
class Scale:
    """A linear scale from the values `low`–`high` to the positions `left`–`right` in points."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return the position of a value; a value outside the scale is placed at the nearer end."""
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)


@lru_cache(maxsize=16384)  # the same words recur in every figure and at both widths
def text_width(text: str, *, size: float = SMALL, weight: Weight = "normal") -> float:
    """Return the width of a line of text in points."""
    font = _font(weight)
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64


def wrapped(
    text: str, width: float, *, size: float = SMALL, weight: Weight = "normal"
) -> list[str]:
    """Wrap the text into lines of at most `width` points; split a word that is wider."""
    lines = [""]
    for word in clean(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size=size, weight=weight) <= width:
            lines[-1] = longer
            continue
        *full, rest = _cut(word, width, size, weight)
        lines += [*full, rest]
    return [line for line in lines if line] or [""]


def clean(text: str) -> str:
    """Replace control characters by spaces: SVG forbids them or they reorder the text.

    A non-breaking hyphen becomes a plain one, because the font has none; lines break at spaces.
    """
    text = text.replace("\N{NON-BREAKING HYPHEN}", "-")
    return "".join(char if char.isprintable() or char == _UNBROKEN else " " for char in text)


def rounded_up(value: float, step: float) -> float:
    """Round up to a multiple of `step`."""
    return math.ceil(value / step) * step


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Register the two font weights with matplotlib, once, before the first drawing."""
    for weight in ("normal", "bold"):
        font_manager.fontManager.addfont(str(_font_file(weight)))


def _font_file(weight: str) -> Path:
    cut = {"normal": "Regular", "bold": "Bold"}[weight]
    return fontpkg_fira_sans.ROOT / "files" / f"FiraSans-{cut}.ttf"


@lru_cache(maxsize=2)
def _font(weight: Weight) -> FT2Font:
    fallback = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return font_manager.get_font([_font_file(weight), fallback])


def _cut(word: str, width: float, size: float, weight: Weight) -> list[str]:
    parts = [""]
    for character in word:
        if parts[-1] and text_width(parts[-1] + character, size=size, weight=weight) > width:
            parts.append("")
        parts[-1] += character
    return parts

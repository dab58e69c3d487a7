"""Draw pictures side by side, each with a few lines below it."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import INK, QUIET, Weight

_BETWEEN, _BELOW = 10.0, 3.0
_COLUMNS, _COLUMNS_NARROW = 5, 2
_SHAPE = 3 / 4  # height of the place for a picture, of its width


@dataclass(frozen=True)
class Piece:
    """A picture as PNG in base64, and the lines below it; the first is bold."""

    picture: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Gallery:
    """Pictures in rows of five, on a phone of two; each fits into a place of the same size."""

    pieces: Sequence[Piece]

    def draw(self, canvas: Canvas) -> float:
        """Draw the pictures; return the lower edge."""
        columns = _COLUMNS_NARROW if canvas.is_narrow else _COLUMNS
        width = (canvas.width - (columns - 1) * _BETWEEN) / columns
        top = 0.0
        for first in range(0, len(self.pieces), columns):
            row = self.pieces[first : first + columns]
            pixels = [_pixels(piece.picture) for piece in row]
            scales = [_scale(one, width) for one in pixels]
            height = max(len(one) * scale for one, scale in zip(pixels, scales, strict=True))
            bottoms = []
            for place, (piece, one, scale) in enumerate(zip(row, pixels, scales, strict=True)):
                left = place * (width + _BETWEEN)
                canvas.picture(left, top, one.shape[1] * scale, len(one) * scale, one)
                bottoms.append(_lines(canvas, piece, left, top + height + _BELOW, width))
            top = max(bottoms) + _BETWEEN
        return top


def _lines(canvas: Canvas, piece: Piece, left: float, top: float, width: float) -> float:
    for place, line in enumerate(piece.lines):
        colour = QUIET if place else INK
        weight: Weight = "normal" if place else "bold"
        top = canvas.lines(left, top, style.wrapped(line, width), colour=colour, weight=weight)
    return top


def _pixels(picture: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(picture))) as opened:
        return np.asarray(opened.convert("RGB"))


def _scale(pixels: np.ndarray, width: float) -> float:
    """Return points per pixel with which a picture fits into its place."""
    return min(width / pixels.shape[1], width * _SHAPE / pixels.shape[0])

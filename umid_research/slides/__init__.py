"""Make slides from the published numbers, as PDF and as a PowerPoint file."""

from umid_research.slides.deck import deck
from umid_research.slides.pdf import to_pdf
from umid_research.slides.pptx import to_pptx
from umid_research.slides.slide import Slide

__all__ = ["Slide", "deck", "to_pdf", "to_pptx"]

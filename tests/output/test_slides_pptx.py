"""Test the PowerPoint file: notes in whole sentences."""

import pytest

from umid_research.output.slides_pptx import whole_sentences


@pytest.mark.parametrize(
    ("note", "spoken"),
    [
        ("One. Two.", "One. Two."),
        ("Shabran: no overlap", "Shabran: no overlap."),
        ("One of 2.5. The next is cut in the mid …", "One of 2.5."),
        ("Cut at once …", ""),
        ("One. Two … Three. Four", "One. Four."),
        ("From −13…+22 points.", "From −13…+22 points."),
        ("“So.”", "“So.”"),
        ("Where? (study.html)", "Where? (study.html)"),
        ("", ""),
    ],
)
def test_a_note_has_whole_sentences(note, spoken) -> None:
    """A speaker cannot read out a sentence that was cut; an interval is no cut."""
    assert spoken == whole_sentences(note)

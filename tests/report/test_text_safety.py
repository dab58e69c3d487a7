"""Text of anybody: what cannot be seen is made visible, and what is too long is cut with a word."""

from xml.etree import ElementTree

import pytest

from umid_research.report.text_safety import (
    CONTROLS,
    one_line,
    shortened,
    without_control_characters,
)


def test_signs_that_hide_or_turn_text_are_made_visible() -> None:
    """Ends of lines and tabs are white space and stay."""
    assert "a�b�c\n\td" == without_control_characters("a\x00b\u202ec\n\td")


@pytest.mark.parametrize("code", [*range(0x20), 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_no_xml_file_can_hold_is_replaced(code) -> None:
    """Each such sign; what is left is read back by an XML parser."""
    text = without_control_characters(f"a{chr(code)}b")

    root = ElementTree.fromstring(f"<t>{text}</t>".encode())  # noqa: S314 -- our own text
    assert text == root.text
    assert bool(CONTROLS.match(chr(code))) == ("�" in text)


def test_text_on_one_line_keeps_its_words() -> None:
    """Any white space is one space."""
    assert "one two three four" == one_line(" one\r\ntwo\x0b three\u2028four\n")


def test_long_text_is_cut_with_a_word() -> None:
    """What fits stays whole; the word counts."""
    assert "abcdefghij" == shortened("abcdefghij", 10, "[cut]")
    assert "abcd [cut]" == shortened("abcdefghijk", 10, "[cut]")


def test_signs_count_as_office_programs_count_them() -> None:
    """A sign of two units is never cut in half."""
    assert "🙂" * 5 == shortened("🙂" * 5, 10, "[cut]")
    assert "🙂🙂 [cut]" == shortened("🙂" * 6, 11, "[cut]")
    assert "🙂🙂 [cut]" == shortened("🙂" * 6, 10, "[cut]")

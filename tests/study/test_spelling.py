"""Spellings that fold to one word, and spellings that are only similar."""

import pytest

from umid_research.study.spelling import folded, near_misses


@pytest.mark.parametrize(
    "text",
    [
        *("Şabran", "ŞABRAN", "Sabran", "Shabran", "Schabran", " şabran. "),
        "S\u0327abran",  # decomposed
        "Şаbrаn",  # with two Cyrillic letters
        "\u015eABRAN",
    ],
)
def test_one_word_has_one_folded_form(text) -> None:
    """Alphabets, accents, capitals, look-alike letters and punctuation do not matter."""
    assert "sabran" == folded(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xaçmaz", "xacmaz"),
        ("Khachmaz", "xacmaz"),
        ("ХАЧМАЗ", folded("хачмаз")),
        ("İcma", "icma"),
        ("ICMA", "icma"),
        ("ıcma", "icma"),
        ("Dəvəçi", "deveci"),
        ("Guba-1", "guba 1"),
        ("Quba\u00a0 1", "quba 1"),
        ("O'rta", "orta"),
        ("", ""),
    ],
)
def test_equivalent_letters_have_one_folded_form(text, expected) -> None:
    """Dotted and dotless i, `ə` of either alphabet, digraphs, spaces."""
    assert expected == folded(text)


@pytest.mark.parametrize("pair", [("Губа", "Quba"), ("Quba", "Guba"), ("Şabran", "Sabirabad")])
def test_folding_is_not_a_transliteration(pair) -> None:
    """A study must list the other names of a place."""
    assert folded(pair[0]) != folded(pair[1])


def test_near_is_a_slip_or_two_and_never_another_number() -> None:
    """`xacmas`: 2 · 5 of 12 letters, 0.83; `sabirabad` shares 5 letters with `sabran`, 0.67."""
    known = {"xacmaz": "xacmaz", "sabran": "sabran", "guba 1": "n1", "guba 2": "n2"}

    assert {"xacmas": ("xacmaz",), "gubba 1": ("n1",)} == near_misses(
        ["xacmas", "sabirabad", "gubba 1", "guba 3", "x" * 1000, ""], known
    )
    assert {} == near_misses(["xacmaz"], {})

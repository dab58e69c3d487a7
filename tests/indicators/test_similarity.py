"""Words that two texts share, by hand."""

import pytest

from umid_research.indicators.similarity import shared_words


@pytest.mark.parametrize(
    ("texts", "with_street", "expected"),
    [(20, 4, 50), (20, 5, 0), (10, 3, 50), (10, 4, 0)],
)
def test_a_word_of_more_than_a_fifth_and_more_than_three_texts_is_common(
    texts, with_street, expected
) -> None:
    """A common word tells nothing. The numbers differ, so "street" is all that two texts share."""
    found = shared_words(
        [f"street {1000 + n}" if n < with_street else f"{1000 + n}" for n in range(texts)]
    )

    assert expected == found[0, 1] == found[1, 0]
    assert 0 == found[0, texts - 1]


@pytest.mark.parametrize(("word", "expected"), [("bazar", 50), ("yol", 0), ("kücə", 0)])
def test_a_word_of_five_letters_tells_and_a_shorter_one_does_not(word, expected) -> None:
    """The numbers differ, so the word is all that the two texts share."""
    assert expected == shared_words([f"{word} 1001", f"{word} 1002"])[0, 1]

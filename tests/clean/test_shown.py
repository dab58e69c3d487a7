"""Which old answers a person who corrects the data may see."""

import pytest

from umid_research.clean.privacy.shown import given_by_several, is_impersonal


@pytest.mark.parametrize(
    "text",
    [
        *("7", "-3", "1445", "45.000", "45,000", "1 234", "12,5", "123456", "v7", "AZ-05", "3a"),
        *("n_12", "01.03.24", "1.3.2024", "31/12/1999", "2024-03-01", "12.03.1445"),
        *("01.03.2024 10:05", "2024-03-01T10:05:11"),
    ],
)
def test_short_numbers_codes_and_dates_identify_nobody(text) -> None:
    """They are what a person needs to see the cause."""
    assert is_impersonal(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Aygün", "agree", "a b", "1234567", "0501234567", "050 123 45 67", "564-12-34"),
        *("5AB3CD2", "AZE12345678", "4111111111111111", "45.13.2024.7", "40.3777, 49.8920"),
        *("34.12.20245", "01.03.24 Aygün", "v1234567"),
    ],
)
def test_words_and_long_numbers_are_not_shown(text) -> None:
    """Among them are telephone numbers, identity numbers and coordinates."""
    assert not is_impersonal(text)


def test_a_text_that_several_people_gave_is_shown() -> None:
    """Three people; unless something in it is masked, or it is long."""
    times = {
        "Razıyam": 3,
        "Aygün": 2,
        "0501234567": 9,
        "Anar müəllim": 4,
        "Leyla": 5,
        "x" * 41: 9,
        "x" * 40: 9,
    }

    assert {"Razıyam", "x" * 40} == given_by_several(times, names=["Leyla"])

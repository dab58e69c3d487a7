"""Ids that mean nothing without the key, and texts without personal data."""

import errno
import os
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import NAMES, PLANTED, planted_texts, planted_tokens
from small_study import STUDY, small_export

from umid_research.__main__ import main
from umid_research.clean.privacy import (
    KEY_VARIABLE,
    KINDS,
    keyed_ids,
    mask_texts,
    respondent_ids,
    respondent_key,
)
from umid_research.clean.privacy.names import name_spans
from umid_research.errors import StudyError
from umid_research.pipeline import FRAME_STAGES
from umid_research.study import read_study

FIELD = ('provenance = "simulated"', 'provenance = "field"')


@pytest.fixture
def studies(write_study, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    simulated = read_study(write_study(name="simulated"))
    field = read_study(write_study(name="field", study=STUDY.replace(*FIELD)))
    return simulated, field


def test_equal_texts_have_equal_ids_under_one_key_only() -> None:
    """Another key gives other ids; each has 16 hexadecimal digits."""
    texts = pd.Series(["a", "b", "a"])

    ids = keyed_ids(texts, "k" * 16)

    assert ids[0] == ids[2] != ids[1]
    assert ids.str.fullmatch("[0-9a-f]{16}").all()
    assert not ids.isin(keyed_ids(texts, "l" * 16)).any()


def test_a_real_study_gets_a_key_once_readable_by_its_owner_only(studies, tmp_path) -> None:
    """The second run reads the key of the first; only the owner can read the file."""
    path = tmp_path / ".respondent-key"

    key = respondent_key(studies[1], path)

    assert key == respondent_key(studies[1], path)
    assert 0o600 == path.stat().st_mode & 0o777
    assert key not in path.read_text()


def test_two_folders_have_different_keys(studies, tmp_path) -> None:
    """A key is random, not computed from the study."""
    assert respondent_key(studies[1], tmp_path / "a") != respondent_key(studies[1], tmp_path / "b")


def test_the_environment_overrides_the_file(studies, tmp_path, monkeypatch) -> None:
    """Then no file is written."""
    monkeypatch.setenv(KEY_VARIABLE, "a secret of the team")

    key = respondent_key(studies[1], tmp_path / "key")

    assert 16 == len(key)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "too short"),
        (b"\n", "too short"),
        (b" " * 43 + b"\n", "too short"),
        (b"a" * 31 + b"\n", "too short"),
        (b"a" * 40, "has no line break at its end"),
        ("ə".encode() * 43 + b"\n", "not plain ASCII"),
    ],
    ids=["empty", "blank", "spaces", "short", "cut", "letters"],
)
def test_a_damaged_key_is_refused_and_left_as_it_is(studies, tmp_path, content, problem) -> None:
    """A full disk leaves an empty file; a new key would silently give other ids."""
    path = tmp_path / ".respondent-key"
    path.write_bytes(content)

    with pytest.raises(StudyError, match=problem) as raised:
        respondent_key(studies[1], path)

    assert str(path) == raised.value.where
    assert "restore the key from a copy" in str(raised.value)
    assert content == path.read_bytes()


@pytest.mark.parametrize("secret", ["", "   ", "fifteen letters"])
def test_a_short_secret_in_the_environment_is_refused(studies, tmp_path, monkeypatch, secret):
    """An empty variable is an error in a script, not a request for a new key."""
    monkeypatch.setenv(KEY_VARIABLE, secret)

    with pytest.raises(StudyError, match="too short"):
        respondent_key(studies[1], tmp_path / "key")

    assert not (tmp_path / "key").exists()


def test_a_chosen_key_of_32_characters_is_used(studies, tmp_path) -> None:
    """The minimum length itself is accepted."""
    (tmp_path / "key").write_text("b" * 32 + "\n")

    assert 16 == len(respondent_key(studies[1], tmp_path / "key"))


def test_a_key_that_cannot_be_written_leaves_no_file(studies, tmp_path, monkeypatch) -> None:
    """The disk is full: the error says so, and the next run starts clean."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError, match="No space left on device"):
        respondent_key(studies[1], tmp_path / "key")

    assert [] == list(tmp_path.glob("*key*"))


@pytest.mark.parametrize("kind", ["folder", "broken link", "no folder"])
def test_a_key_path_that_is_not_a_file_is_refused(studies, tmp_path, kind) -> None:
    """There is no traceback, and nothing is written elsewhere."""
    path = tmp_path / "key"
    if kind == "folder":
        path.mkdir()
    elif kind == "broken link":
        path.symlink_to(tmp_path / "away")
    else:
        path = tmp_path / "absent" / "key"

    with pytest.raises(StudyError, match="cannot be"):
        respondent_key(studies[1], path)

    assert not (tmp_path / "away").exists()


def test_a_simulated_study_has_the_same_key_everywhere(studies, tmp_path, monkeypatch) -> None:
    """Its frames have the same bytes on every machine."""
    monkeypatch.setenv(KEY_VARIABLE, "a secret of the team")

    assert respondent_key(studies[0], tmp_path / "a") == respondent_key(studies[0], tmp_path / "b")
    assert [] == list(tmp_path.glob("[ab]"))


def test_without_uuid_an_id_depends_on_content_and_occurrence() -> None:
    """Equal rows of a file are different people; a row moved in the file keeps its id."""
    raw = pd.DataFrame(
        {
            "file": ["a.csv"] * 4,
            "row": [2, 3, 4, 5],
            "uuid": ["", "", "", "u1"],
            "age": ["30", "30", "41", "30"],
        }
    )

    ids = respondent_ids(raw, "k" * 16)
    moved = respondent_ids(raw.iloc[[2, 0, 1, 3]].assign(row=[2, 3, 4, 5]), "k" * 16)

    assert 4 == ids.nunique()
    assert ids[2] == moved[2]
    assert set(ids) == set(moved)


# --- personal data in free text -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "tokens"),
    [(kind, text, tokens) for kind, cases in PLANTED.items() for text, tokens in cases],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_planted_personal_data_are_masked_by_kind(kind, text, tokens, form) -> None:
    """In three languages and two alphabets, with odd spacing, composed and decomposed."""
    written = unicodedata.normalize(form, text)

    masked, found = mask_texts(pd.Series([written]), names=NAMES)

    assert f"[{kind}]" in masked[0]
    assert found.loc[0, kind]
    for token in tokens:
        assert token not in masked[0]
        assert unicodedata.normalize(form, token) not in masked[0]


@pytest.mark.parametrize(
    "text",
    [
        "İcma İnkişaf Şurasının nümayəndəsi bələdiyyə iclaslarına dəvət olunsun.",
        "Провести обучение по электронным услугам в сёлах.",
        "Hold meetings in the evening, at 18:30, twice a month.",
        "2020–2022-ci illər üzrə plan; 12.05.2022 və 2022-05-12 tarixləri",
        "5 000 manat, 12 bələdiyyə, 61 kilometr yol",
        "onun oğlu işsizdir, mənim qızım oxuyur",
        "qızıl mədəni, oğlanlar və qızlar",
        "hər məktəbə bir müəllim lazımdır",
        "look at page. Then go on",
        "covid19, 4G və ASAN xidmət",
        "hər kişi gəlsin, bir baba vardı, bizim nənə, qadın və kişi",
        "saat 10:00-12:00, 13:00-15:00",
        "1,234,567 manat; 10, 20, 30, 40 manat",
        "V. Kənd yolları pisdir. O. qədər",
        "Facebook səhifəsi açılsın, Telegram kanalı olsun",
        "41,5 faiz və 48,5 faiz",
        " iki   boşluq ",
        "ﬁ ligature stays",
        "",
    ],
)
def test_texts_without_personal_data_are_unchanged(text) -> None:
    """Every character is kept, so a text without an issue is an unchanged text."""
    masked, found = mask_texts(pd.Series([text]))

    assert text == masked[0]
    assert not found.to_numpy().any()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("05.04.2022 050 123 45 67", "050 123 45 67"),
        ("2021-2022 050-123-45-67", "050-123-45-67"),
        ("2022-05-12 70 123 45", "70 123 45"),
    ],
)
def test_a_date_or_years_before_a_number_do_not_hide_it(text, number) -> None:
    """Digits stay only if all of them are a date or a range of years."""
    masked, found = mask_texts(pd.Series([text]))

    assert number not in masked[0]
    assert found.loc[0, "phone"]


@pytest.mark.parametrize(
    "text",
    [
        *("Anar kömək etdi", "Anar Əliyev", "A n a r", "sıfır əlli iki yüz", "the village head"),
        *("anar kişi dedi", "instagram anarguba", "35.68, 51.38"),
    ],
)
def test_documented_limits_of_masking_are_true(text) -> None:
    """Nobody should rely on more than this; whoever improves the masking changes the docs too."""
    assert text == mask_texts(pd.Series([text]))[0][0]


def test_a_card_passes_the_luhn_check_and_other_long_numbers_are_masked_as_numbers() -> None:
    """4111 1111 1111 1111: doubled from the right and summed it is 30; with a last 2 it is 31."""
    masked, _ = mask_texts(pd.Series(["4111 1111 1111 1111", "4111 1111 1111 1112"]))

    assert ["[card]", "[phone]"] == masked.tolist()


def test_masking_twice_changes_nothing() -> None:
    """The marks themselves hold no personal data."""
    texts = pd.Series(planted_texts())
    once, _ = mask_texts(texts, names=NAMES)

    twice, found = mask_texts(once, names=NAMES)

    assert once.tolist() == twice.tolist()
    assert not found.to_numpy().any()
    assert ["email", "link", "coordinates", "id", "card", "phone", "name"] == list(KINDS)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    before=st.text(max_size=40), case=st.sampled_from(planted_texts()), after=st.text(max_size=40)
)
def test_surrounding_words_do_not_hide_seven_digits(before, case, after) -> None:
    """No run of a planted telephone number survives, whatever precedes or follows it."""
    masked, _ = mask_texts(pd.Series([f"{before} 0509876501 {after} {case}"]), names=NAMES)

    assert "0509876501" not in masked[0]


def test_masking_takes_linear_time_on_hostile_texts() -> None:
    """The texts repeat the beginnings of patterns a million times."""
    for part in ("a.", "1 ", "a@", "oğlu ", "Anar ", "41.361 ", "[at]", "fin ", "Иванович "):
        text = part * (1_000_000 // len(part) // 4)

        masked, _ = mask_texts(pd.Series([text]))

        assert isinstance(masked[0], str)


def test_planted_tokens_are_in_no_file_that_the_stages_write(write_study, tmp_path) -> None:
    """They are in free text, and in answers to questions for numbers, codes and places."""
    texts = planted_texts()
    table = pd.concat([small_export()] * (len(texts) // 10 + 1), ignore_index=True)
    table = table.head(len(texts)).assign(_uuid=[f"u{n}" for n in range(len(texts))])
    table["proposal"] = texts
    # The same again where they do not belong, but for the places, which would set it aside.
    astray = table.assign(_uuid=[f"v{n}" for n in range(len(texts))])
    for name in ("age", "trust_1", "channels", "organisation", "aware"):
        astray[name] = texts
    lost = astray.assign(_uuid=[f"w{n}" for n in range(len(texts))], village=texts)
    refused = table.assign(_uuid=[f"x{n}" for n in range(len(texts))], consent="no")
    names = f'names = ["{NAMES[0]}", "{NAMES[1]}"]\n[field_work]'
    raw = write_study(
        study=STUDY.replace("[field_work]", names, 1),
        export=pd.concat([table, astray, lost, refused]),
    )
    (raw / "corrections.csv").write_text(
        "submission,column,old,new,reason,by\n"
        f'u0,proposal,"{texts[0]}","{texts[1]}","{texts[2]}",Zöhrə Planetova\n',
        encoding="utf-8",
    )
    processed = tmp_path / "processed"

    for stage in FRAME_STAGES:
        assert 0 == main([stage.__name__, "--raw", str(raw), "--processed", str(processed)])

    written = _written_texts(processed)
    assert {"responses.csv", "issues.csv", "quotes.csv", "study.toml"} <= set(written)
    assert written["responses.csv"].count("[phone]") >= 2 * len(PLANTED["phone"])
    for name, content in written.items():
        found = [token for token in [*planted_tokens(), *NAMES] if token in content]
        assert [] == found, name


def _written_texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def test_a_name_before_its_patronymic_has_three_words_at_most() -> None:
    """Surname, first name and father's name; the word before them is not taken for one."""
    text = "Bakı Əliyev Rəşad Həsən oğlu gəldi"

    assert ["Əliyev Rəşad Həsən oğlu"] == [text[a:b] for a, b in name_spans(text, {})]


def test_a_name_before_a_short_patronymic_has_three_words_at_most() -> None:
    """The same for `o.`, which stands for `oğlu`."""
    text = "Bakı Əliyev Rəşad Həsən o. gəldi"

    assert ["Əliyev Rəşad Həsən o"] == [text[a:b] for a, b in name_spans(text, {})]


def test_two_parts_of_a_name_that_touch_are_one() -> None:
    """A surname with an initial, and a first name with an honorific: one mask, not two."""
    text = "Məmmədov A.Rəşad bəy gəldi"

    assert ["Məmmədov A.Rəşad bəy"] == [text[a:b] for a, b in name_spans(text, {})]

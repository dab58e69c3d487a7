"""Districts, localities and groups: matching and merely similar spellings."""

import pytest
from small_study import STUDY, small_export

from umid_research.clean import clean_responses

PLACES = (
    STUDY.replace('name.en = "North"', 'name.en = "Shabran"\naliases = ["Дивичи", "Dəvəçi"]')
    .replace('name.en = "South"', 'name.en = "Khachmaz"\naliases = ["Quba"]')
    .replace(
        'localities = ["n1", "n2"]',
        'localities = ["n1", "n2"]\nlocality_aliases = { n1 = ["Quba 1", "Губа 1"] }',
    )
    .replace('name.en = "People"', 'name.en = "People", aliases = ["İcma", "Община"]')
)


@pytest.fixture
def first(read_all):
    """Return the frames of the small study with some answers of the first row replaced."""

    def clean(**answers: str):
        table = small_export()
        for column, value in answers.items():
            table.loc[0, column] = value
        study, questionnaire, raw = read_all(study=PLACES, export=table)
        return clean_responses(raw, questionnaire, study, key="k" * 16)

    return clean


@pytest.mark.parametrize(
    ("column", "text", "key", "value"),
    [
        ("place", "NORTH", "district", "north"),
        ("place", "Şabran rayonu", "district", "north"),
        ("place", "shabran", "district", "north"),
        ("place", "ШАБРАН", "district", None),
        ("place", "дивичи", "district", "north"),
        ("place", "DƏVƏÇİ", "district", "north"),
        ("place", "Deveci", "district", "north"),
        ("place", "De\u0301və\u0327c\u0327i", "district", "north"),
        ("village", "NORTH-1", "locality", "n1"),
        ("village", "QUBA-1", "locality", "n1"),
        ("village", "губа 1", "locality", "n1"),
        ("village", "Quba 2", "locality", None),
        ("kind", "ICMA", "group", "people"),
        ("kind", "icmа", "group", "people"),
        ("kind", "община", "group", "people"),
        ("kind", "communities", "group", None),
    ],
)
def test_a_known_spelling_becomes_the_studys_key(first, column, text, key, value) -> None:
    """Codes, labels and aliases match in look-alike letters too; the change is logged."""
    frames = first(**{column: text})

    rows = frames.issues[frames.issues["column"] == column]
    rows = rows[rows["rule"] != "quota"]
    if value is None:
        assert 9 == len(frames.responses)
        assert ["set aside"] == rows["action"].tolist()
    else:
        assert value == frames.responses.loc[0, key]
        assert [("place_spelling", "changed")] == list(
            rows[["rule", "action"]].itertuples(index=False, name=None)
        )


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Sabiran", "perhaps n"),
        ("Xacmas", "perhaps s"),
        ("Sabirabad", ""),
        ("Şahbuz", ""),
        ("Qubadlı", ""),
        ("Quba-Xaçmaz", ""),
        ("Quba-Khachmaz region", ""),
        ("Şabran, Xaçmaz", ""),
        ("x" * 100_000, ""),
    ],
)
def test_a_similar_name_is_suggested_but_not_applied(first, text, note) -> None:
    """Quba-Xaçmaz is a region, not a district, and Sabirabad is another district."""
    frames = first(place=text)

    (issue,) = frames.issues[frames.issues["column"] == "place"].to_dict("records")
    assert ["unknown_district"] == frames.set_aside["rule"].tolist()
    assert ("set aside", "", note) == (issue["action"], issue["new"], issue["note"])


def test_a_spelling_of_two_entries_matches_neither(read_all) -> None:
    """Both are suggested."""
    both = PLACES.replace('aliases = ["Quba"]', 'aliases = ["Quba", "deveci"]')
    table = small_export()
    table.loc[0, "place"] = "Dəvəçi"
    study, questionnaire, raw = read_all(study=both, export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    (issue,) = frames.issues[frames.issues["column"] == "place"].to_dict("records")
    assert "perhaps n or s" == issue["note"]


def test_a_locality_of_another_district_does_not_match(first) -> None:
    """`South 1` exists, but not in the north."""
    frames = first(village="South 1")

    assert ["unknown_locality"] == frames.set_aside["rule"].tolist()


def test_a_locality_that_was_not_asked_is_blanked(read_all) -> None:
    """An NGO belongs to no locality; its other answers are kept."""
    table = small_export()
    table.loc[9, "village"] = "s1"
    study, questionnaire, raw = read_all(export=table)

    frames = clean_responses(raw, questionnaire, study, key="k" * 16)

    assert 10 == len(frames.responses)
    assert ["not_asked"] == frames.issues["rule"].tolist()

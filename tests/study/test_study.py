"""Read study.toml: its entries, and every error."""

import tomllib

import pytest
from small_study import STUDY

from umid_research.clean.privacy import without_names
from umid_research.errors import StudyError
from umid_research.report.study_report import words_of
from umid_research.study import read_study


def test_entries_keep_the_order_of_the_file(write_study) -> None:
    """Districts and groups are shown in the order the study gives them."""
    study = read_study(write_study())

    assert ["north", "south"] == list(study.districts)
    assert ("people", "office") == study.matched_groups
    assert ("office",) == study.groups_on("supply")
    assert study.is_matched


def test_a_study_without_localities_is_not_matched(write_study) -> None:
    """Matching needs a locality question, whatever the groups say."""
    study = read_study(write_study(study=STUDY.replace('locality = "village"', "")))

    assert not study.is_matched


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('id = "small"', ""), "entry id: Field required"),
        (('id = "small"', 'id = "Not A Slug"'), "found 'Not A Slug'"),
        (('provenance = "simulated"', 'provenance = "real"'), "'simulated', 'field' or 'public'"),
        (("seed = 1", "seeds = 1"), "seed"),
        (('name.en = "North"', 'name.az = "Şimal"'), "districts.north.name has no text in en"),
        (('code = "s"', 'code = "n"'), "district codes used more than once: n"),
        (('"s1", "s2"', '"n1", "s2"'), "localities used more than once: n1"),
        (('refused = ["ref"]', 'refused = ["dk"]'), "missing codes used more than once: dk"),
        (("end = 2022-07-31", "end = 2021-07-31"), "end is before"),
        (('focus = ["trust"]', 'focus = ["turst"]'), "focus names an unknown dimension: turst"),
        (
            ("[roles]", '[design]\nfamily_b = ["x"]\n[roles]'),
            "design.family_b names an unknown dimension: x",
        ),
        (("[roles]", '[design]\nstrata = "village"\n[roles]'), "entry design.strata"),
        (
            ('localities = ["n1", "n2"]', 'localities = ["n1"]\nlocality_aliases = { n3 = ["N"] }'),
            "districts.north.locality_aliases names an unknown locality: n3",
        ),
        (("seed = 1", 'seed = 1\ntest_submissions = { column = "uuid", values = [] }'), "values"),
        (
            ("[roles]", '[evidence_items]\nb = { name.en = "B", source.az = "Qanun" }\n[roles]'),
            "evidence_items.b.source is in a language that the study does not have: az",
        ),
        (
            ("[roles]", '[thresholds]\npreset = "census"\n[roles]'),
            "entry thresholds.preset: Input should be 'office'; found 'census'",
        ),
        (
            ("[roles]", '[thresholds]\npreset = "office"\nanswers = 9\n[roles]'),
            'entry thresholds: answers = 9 is laxer than the preset "office", which needs at least '
            "10; raise it, or leave out answers or preset",
        ),
        (
            ("[roles]", '[thresholds]\npreset = "office"\nprotection = 19.5\n[roles]'),
            "protection = 19.5 is laxer",
        ),
        (
            ("[roles]", "[thresholds]\ncount = 5\nrespondents = 4\n[roles]"),
            "entry thresholds: respondents = 4 is below count = 5: a base of so few people would",
        ),
        (("[roles]", "[thresholds]\ncount = -1\n[roles]"), "entry thresholds.count"),
        (("[roles]", '[thresholds]\ncount = "x"\n[roles]'), "entry thresholds.count"),
        (("[roles]", "[roles"), "is not valid TOML"),
    ],
)
def test_a_malformed_description_is_refused_with_its_place(write_study, change, says) -> None:
    """One line names file and entry."""
    folder = write_study(study=STUDY.replace(*change))

    with pytest.raises(StudyError) as refusal:
        read_study(folder)

    assert "study.toml" in str(refusal.value)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value).strip() or "TOML" in says


@pytest.mark.parametrize(
    ("entries", "limits"),
    [
        ("", (3, 3, 5, 0, 20)),
        ("count = 4", (3, 4, 5, 4, 20)),
        ("count = 8\nanswers = 9", (3, 8, 9, 8, 20)),
        ('preset = "office"', (3, 10, 10, 5, 20)),
        ('preset = "office"\nunits = 4\nprotection = 30', (4, 10, 10, 5, 30)),
        ('preset = "office"\ncount = 12', (3, 12, 12, 12, 20)),
    ],
)
def test_a_limit_on_counts_and_a_preset_set_the_other_limits(write_study, entries, limits) -> None:
    """Units, respondents, answers, count, protection; entries beside a preset are stricter."""
    text = STUDY.replace("[roles]", f"[thresholds]\n{entries}\n[roles]")
    found = read_study(write_study(study=text)).thresholds

    assert limits == (found.units, found.respondents, found.answers, found.count, found.protection)


_LISTED = {
    "in one line": 'names = ["Anar [A]", "Leyla"]',
    "indented": '   names = ["Anar [A]", "Leyla"]',
    "over several lines": "names = [ # Anar\n \"Anar [A]\", # one ] \n\t'Leyla',\n]",
    "quoted, with tabs": '\t"names"\t=\t[\n"Anar [A]",\n"Leyla"]',
    "in long quotes": "names = [\"\"\"\nAnar [A]\"\"\", '''Leyla''']",
    "behind what looks like a table": (
        'not_asked_in = { "v1" = ["""\n[x]\n"""] }\nnames = ["Anar [A]", "Leyla"]'
    ),
    "beside a comment that names them": 'names = ["Anar [A]", "Leyla"]\n# Anar is the head',
}


@pytest.mark.parametrize("entry", _LISTED.values(), ids=_LISTED)
def test_names_of_people_are_removed_from_the_description(write_study, entry) -> None:
    """The list may be written in any TOML style; all other values are kept."""
    text = STUDY.replace("seed = 1", f"seed = 1\n{entry}")
    study = read_study(write_study(study=text))

    kept = without_names(text)

    assert ("Anar [A]", "Leyla") == study.names
    assert not any(word in kept for word in ("Anar", "Leyla"))
    assert study.model_copy(update={"names": ()}) == read_study(
        write_study(study=kept, name="kept")
    )


def test_a_description_without_names_is_unchanged() -> None:
    """Comments are kept too; `names` in another place is another entry."""
    text = STUDY.replace("seed = 1", 'seed = 1 # names = ["Anar"]')

    assert text == without_names(text)


def test_every_type_of_value_is_written_without_loss() -> None:
    """Dates, numbers, booleans, quotes, line breaks, and DEL, which JSON does not escape."""
    values = """names = ["A"]
day = 2022-03-02
moment = 2022-03-02T10:00:00Z
share = 0.25
whole = 7
limit = inf
yes = true
"a key.with [signs]" = "ə \\" \\\\ \\n \\u007f"
many = [[1, 2], [], [{ a = "b" }]]
[deep.er]
still = { more = {} }
"""
    expected = tomllib.loads(values)
    del expected["names"]

    assert expected == tomllib.loads(without_names(values))


def test_a_missing_description_is_refused(tmp_path) -> None:
    """A folder without study.toml is not a study."""
    with pytest.raises(StudyError, match="no study description here"):
        read_study(tmp_path)


def test_a_description_in_another_encoding_is_refused(write_study) -> None:
    """The error names the byte that is not UTF-8."""
    folder = write_study()
    (folder / "study.toml").write_bytes("title = 'Şabran'".encode("cp1254"))

    with pytest.raises(StudyError, match=r"study\.toml, byte 9: is not UTF-8 text"):
        read_study(folder)


_AREA = """
[areas.services]
items = ["trust_1"]
name.en = "{name}"
"""


def test_a_topic_and_a_part_of_the_plan_have_different_names(write_study) -> None:
    """One label with two numbers would contradict itself; capital letters make no difference."""
    assert read_study(write_study(study=STUDY + _AREA.format(name="Services"))).areas
    with pytest.raises(StudyError, match=r"the same name in en.*: trust"):
        read_study(write_study(study=STUDY + _AREA.format(name="TRUST")))


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('[words]\nindex.az = "İndeks"', "words.index has no text in en"),
        ('[publication]\ninvented.az = "hər şey"', "publication.invented has no text in en"),
        ('[publication]\nbackground.az = ["bir"]', "publication.background has no text in en"),
        ('[findings.aware]\nname.az = "Bilir"', "findings.aware.name has no text in en"),
        (
            '[glossary.cdc]\nname.en = "CDC"\nmeaning.az = "şura"',
            "glossary.cdc.meaning has no text",
        ),
        ('[words]\nplans.en = "the plan"', "entry words.plans"),
        ('[publication]\ndate = "soon"', "entry publication.date"),
    ],
)
def test_the_words_of_the_reports_are_complete(write_study, entry, says) -> None:
    """In each language of the study, and under known entries."""
    with pytest.raises(StudyError, match=says):
        read_study(write_study(study=f"{STUDY}\n{entry}\n"))


def test_the_words_of_the_reports_are_the_studys(write_study) -> None:
    """They replace the neutral ones of the catalogue; a capital letter begins a sentence."""
    entry = '[words]\nindex.en = "Openness"\nunits.en = "schools"\n'
    text = words_of(read_study(write_study(study=f"{STUDY}\n{entry}")), "en")

    assert "Openness" == text("index")
    assert text("slides.reached.title", n=3, units=2) == "3 people in 2 schools took part"
    assert text("table.field_work.caption").startswith("Schools and people reached")
    assert "What the study found" == text("title.07-study")

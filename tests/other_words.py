"""Make four studies that are not about a plan of the government, each in its own words.

`STUDIES` maps what a study is to its parts; the numbers are those of the wide study.
"""

from thin_studies import CASES, Thin

_SCHOOLS = """
[words]
title.en = "How safe are our schools?"
title.az = "Məktəblərimiz nə qədər təhlükəsizdir?"
index.en = "School safety index"
index.az = "Məktəb təhlükəsizliyi indeksi"
units.en = "schools and nurseries"
units.az = "məktəb və bağça"

[findings.aware]
answers = ["yes"]
name.en = "Know the rules of safety"
name.az = "Təhlükəsizlik qaydalarını bilir"
"""
_WATER = """
[words]
title.en = "Does the water reach everybody?"
title.az = "Su hamıya çatırmı?"
index.en = "Water index"
index.az = "Su indeksi"
units.en = "households"
units.az = "ev təsərrüfatı"
"""


def _in_words(words: str, **changes: str) -> dict[str, str]:
    """Return changes of study.toml that end it with the study's own words."""
    return {**changes, "\n[dimensions]\n": f"\n{words}\n[dimensions]\n"}


_ONE = CASES["one district"]
STUDIES = {
    "weighted": Thin("", study=_in_words(_WATER, **CASES["answers are weighted"].study)),
    "without a plan": Thin("", study=_in_words(_SCHOOLS)),
    "three groups without sides": Thin(
        "",
        study={
            'side = "demand", matched = true, ': "",
            'side = "supply", matched = true, ': "",
        },
    ),
    "one district in Azerbaijani": Thin(
        "",
        _ONE.answers,
        study={**_in_words(_SCHOOLS, **_ONE.study), '["en", "az"]': '["az"]'},
        form=_ONE.form,
    ),
}

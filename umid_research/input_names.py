"""Names of a study's files as reports and the manifest show them: none that a person gave.

Who saves an export or a screenshot chooses its name, which can hold the name of a person. Only
files whose names the package prescribes keep them; the others are numbered in the order of their
paths:

    study.toml                                study.toml
    activities/posts.csv                      activities/posts.csv
    responses/Anar Aliyev, final.csv          responses/1.csv
    activities/screenshots/Anar's page.png    activities/screenshots/1.png
    notes of Anar.docx                        other/1

The SHA-256 beside it says which file it is to whoever has the study folder.
"""

import re
from collections import Counter
from collections.abc import Mapping

_PRESCRIBED = re.compile(
    r"study\.toml|questionnaire\.(?:md|xlsx)|corrections\.csv|districts\.(?:geojson|LICENSE)"
    r"|(?:measures|evidence|analyst_codes|meetings)\.(?:csv|xlsx)"
    # Other names in this folder are refused when the registers are read.
    r"|activities/[^/]+"
    # Beside a study that the package has made itself.
    r"|README\.md|simulation\.toml|truth(?:_status|_indicators|_activity_issues)?\.csv"
)
_NUMBERED = ("responses", "activities/screenshots")
_OTHER = "other"
_SUFFIX = re.compile(r"\.(?:csv|xlsx|png|jpe?g|webp|pdf|txt|md|json)", re.IGNORECASE)


def neutral_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs (path in the study folder -> SHA-256) under names that may be published.

    Two lists are equal where the contents of the files are, and their prescribed names. A response
    file that was only renamed, and keeps its place among the others, changes nothing.
    """
    numbers: Counter[str] = Counter()
    named = {}
    for path in sorted(inputs):
        name = path
        if not _PRESCRIBED.fullmatch(path):
            folder = next((one for one in _NUMBERED if path.startswith(f"{one}/")), _OTHER)
            numbers[folder] += 1
            name = f"{folder}/{numbers[folder]}{_kept_suffix(path)}"
        named[name] = inputs[path]
    return named


def _kept_suffix(path: str) -> str:
    """The ending of a file's name where it says of what kind it is, else nothing."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return suffix if _SUFFIX.fullmatch(suffix) else ""

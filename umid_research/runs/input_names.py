"""Replace file names that people chose, before reports and the manifest list a study's files.

The person who saves an export or a screenshot chooses its name, which may contain a person's name.
Only files whose names are fixed by this package keep them; the others are numbered in the order of
their paths:

    study.toml                                study.toml
    activities/posts.csv                      activities/posts.csv
    responses/Anar Aliyev, final.csv          responses/1.csv
    activities/screenshots/Anar's page.png    activities/screenshots/1.png
    notes of Anar.docx                        other/1

People who have the study folder can identify each file by its SHA-256, which is listed too. Of a
confidential study a keyed hash is listed instead: an export of few answers could be guessed, and a
plain hash would tell that the guess is right.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Mapping

_PRESCRIBED = re.compile(
    r"study\.toml|questionnaire\.(?:md|xlsx)|corrections\.csv|districts\.(?:geojson|LICENSE)"
    r"|(?:measures|evidence|analyst_codes|meetings)\.(?:csv|xlsx)"
    # Reading the registers refuses any other name in this folder.
    r"|activities/[^/]+"
    # Files of a simulated study, which the package writes itself.
    r"|README\.md|simulation\.toml|truth(?:_status|_indicators|_activity_issues)?\.csv"
)
_NUMBERED = ("responses", "activities/screenshots")
_OTHER = "other"
_SUFFIX = re.compile(r"\.(?:csv|xlsx|png|jpe?g|webp|pdf|txt|md|json)", re.IGNORECASE)


def neutral_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs (path in the study folder -> SHA-256) with names that may be published.

    Renaming a response file changes nothing, as long as the order of the paths stays the same.
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


def keyed_digests(inputs: Mapping[str, str], key: str) -> dict[str, str]:
    """Return each input's SHA-256 as HMAC-SHA256 of it: nobody without the key can test a guess.

    `key` is the study's (`clean.privacy.respondent_key`).
    """
    secret = f"inputs of {key}".encode()
    return {
        name: hmac.new(secret, digest.encode(), hashlib.sha256).hexdigest()
        for name, digest in inputs.items()
    }


def _kept_suffix(path: str) -> str:
    """Return the suffix of a file's name if it is a known file type, else "" (it may be a name)."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return suffix if _SUFFIX.fullmatch(suffix) else ""

"""Ids that do not tell who answered.

An id is the keyed hash (SipHash, 64 bits) of a submission's uuid. Without the key nobody can go
from an export to an id or back. The key lies in an ignored file outside raw and processed; an
environment variable overrides it; a simulated study's key is fixed, so that its frames are the
same everywhere.
"""

import base64
import hashlib
import os
import secrets
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.study import Study

KEY_VARIABLE = "UMID_RESPONDENT_KEY"
KEY_FILE = Path(".respondent-key")
_KEY_LENGTH = 16
_SIMULATED_KEY = "simulated-study!"


def respondent_key(study: Study, path: Path = KEY_FILE) -> str:
    """The study's key, 16 characters; made and kept in `path` when a real study has none yet."""
    if study.provenance == "simulated":
        return _SIMULATED_KEY
    if secret := os.environ.get(KEY_VARIABLE):
        return _shortened(secret)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    return _shortened(path.read_text(encoding="ascii").strip())


def _shortened(secret: str) -> str:
    digest = hashlib.blake2b(secret.encode(), digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()


def keyed_ids(texts: pd.Series, key: str) -> pd.Series:
    """16 hexadecimal digits per text: equal for equal texts, meaningless without the key."""
    values = texts.to_numpy(dtype=object)
    hashes = pd.util.hash_array(values, hash_key=key, categorize=False)
    digits = hashes.astype(">u8").tobytes().hex().encode()
    ids = np.frombuffer(digits, dtype=f"S{_KEY_LENGTH}").astype(f"U{_KEY_LENGTH}")
    return pd.Series(ids, index=texts.index, dtype="str")


def respondent_ids(raw: pd.DataFrame, key: str) -> pd.Series:
    """The keyed id of each submission in `raw`.

    Without a uuid a submission is known by its file, its content and how often that content came
    before in the file, so that a row moved in the file keeps its id.
    """
    named = raw["uuid"].copy()
    nameless = raw["uuid"] == ""
    if nameless.any():
        content = raw[nameless].drop(columns=["row", "uuid"])
        digest = pd.util.hash_pandas_object(content, index=False, hash_key=key).astype(str)
        occurrence = digest.groupby(digest).cumcount().astype(str)
        named[nameless] = digest + "#" + occurrence
    return keyed_ids(named, key)

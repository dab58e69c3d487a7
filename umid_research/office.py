"""Office files without the time of their making: equal content, equal bytes.

XLSX and PPTX are ZIP archives of XML; both the archive and its core properties carry dates.
"""

import io
import re
import time
import zipfile

from umid_research.typesetting import moment

_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def with_fixed_timestamps(office: bytes) -> bytes:
    """The same file with the one date of all our files wherever it carries a date."""
    date = time.gmtime(moment())
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            content = source.read(name)
            if name == "docProps/core.xml":
                saved = time.strftime("%Y-%m-%dT%H:%M:%SZ", date).encode()
                content = _SAVED.sub(rb"\g<1>" + saved, content)
            entry = zipfile.ZipInfo(name, date[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return written.getvalue()

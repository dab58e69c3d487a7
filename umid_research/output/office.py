"""Make Office files reproducible: equal content gives equal bytes.

XLSX and PPTX are ZIP archives of XML. The archive and its core properties hold the time at which
the file was written, which is replaced by a fixed one.
"""

import io
import re
import time
import zipfile

from umid_research.output.typesetting import moment

_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def with_fixed_timestamps(office: bytes) -> bytes:
    """Return the file with all its timestamps set to the fixed date of the outputs (`moment`)."""
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

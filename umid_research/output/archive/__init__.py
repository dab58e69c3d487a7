"""Archive a study: a folder that others can read, check and cite without this package.

    archive/
      ro-crate-metadata.json  manifest.json  README.md  CITATION.cff  datapackage.json  verify.html
      study/  tables/  statistics/  codebook/  indicators/  plan/  reports/  software/  [data/]

Only what is published goes in. The cleaned answers do if the study is simulated or declares its
data public; the exports never do. Statistics files of the answers of any study are written to a
folder for internal use instead (`write_internal`).
"""

from umid_research.output.archive.folder import Source, write_archive, write_internal

__all__ = ["Source", "write_archive", "write_internal"]

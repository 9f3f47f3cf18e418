"""The documents: in which of them tables and output are made from the code, in English and in French."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Tuple

from generators.catalogue import Catalogue
from generators.examples import with_output
from generators.manual import Say, with_tables

CATALOGUE = "generators/fr.po"
PAIRS = {
    "README.md": "README.fr.md",
    "docs/install.md": "docs/fr/install.md",
    "docs/checks.md": "docs/fr/checks.md",
    "docs/options.md": "docs/fr/options.md",
    "docs/cluster.md": "docs/fr/cluster.md",
    "docs/failover.md": "docs/fr/failover.md",
    "docs/rights.md": "docs/fr/rights.md",
    "docs/old-nodes.md": "docs/fr/old-nodes.md",
    "docs/json.md": "docs/fr/json.md",
    "docs/servers.md": "docs/fr/servers.md",
    "docs/centreon.md": "docs/fr/centreon.md",
    "docs/prometheus.md": "docs/fr/prometheus.md",
    "docs/library.md": "docs/fr/library.md",
    "docs/moving-over.md": "docs/fr/moving-over.md",
}
"""Each document in English and in French."""


def made(root: Path, catalogue_file: Path) -> Tuple[Dict[Path, str], List[str]]:
    """Return every document and the catalogue as they should be, and what lacks French, one line each.

    Where French lacks, the French document has the English sentence, and the catalogue an entry without translation.
    """
    found: Dict[Path, str] = {}
    catalogue = Catalogue(catalogue_file.read_text(encoding="utf-8"), catalogue_file.name)
    for english, french in PAIRS.items():
        texts: Tuple[Tuple[str, Say], ...] = ((english, str), (french, catalogue.say))
        for name, say in texts:
            text = (root / name).read_text(encoding="utf-8")
            try:
                found[root / name] = with_output(with_tables(text, say))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
    found[catalogue_file] = catalogue.updated()
    return found, catalogue.faults()

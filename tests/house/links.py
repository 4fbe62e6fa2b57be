"""Links, anchors, paths and commands in the documents."""

import re
from collections.abc import Iterator
from pathlib import Path

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_PATH = re.compile(
    r"`((?:services|schemas|tests|docs|benchmarks|examples|packaging|deploy)/[A-Za-z0-9_./-]*[A-Za-z0-9_/])`"
)
_MAKE = re.compile(r"`make ([a-z-]+)")
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


def link_faults(document: Path, root: Path) -> list[str]:
    """Say which links of a document lead nowhere, which paths it names do not exist, which make targets neither."""
    text = document.read_text(encoding="utf-8")
    prose = _FENCE.sub("", text)
    faults = [f"link to {link}" for link in _LINK.findall(prose) if not _leads_somewhere(link, document)]
    faults += [f"path {path}" for path in _PATH.findall(prose) if not (root / path).exists()]
    targets = _targets(root)
    return faults + [f"make {target}" for target in _MAKE.findall(text) if target not in targets]


def _leads_somewhere(link: str, document: Path) -> bool:
    if link.startswith(("https://", "http://", "mailto:")):
        return True  # whether the world outside is there is not ours to test
    path, _, anchor = link.partition("#")
    target = document if not path else document.parent / path
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in set(_anchors(target))


def _anchors(document: Path) -> Iterator[str]:
    """Anchors as they are made of headings: lower case, spaces to hyphens, other signs left out."""
    for heading in _HEADING.findall(_FENCE.sub("", document.read_text(encoding="utf-8"))):
        plain = re.sub(r"[`*_]", "", heading).lower()
        yield re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def _targets(root: Path) -> set[str]:
    makefile = root / "Makefile"
    return set(_TARGET.findall(makefile.read_text(encoding="utf-8"))) if makefile.is_file() else set()

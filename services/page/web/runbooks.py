"""The runbooks as the page shows them: Markdown of this release, rendered without any markup of its own. Links lead within the page.

They stand in `docs/runbooks`, a page for each alert, in English, as the project's documents do.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
ADDRESS = "/runbooks"
"""Where the page serves them; `https://page.example/runbooks/task-stuck`."""


def address_of_runbook(name: str) -> str:
    """Give the path at the page of the runbook of an alert."""
    return f"{ADDRESS}/{name}"


@cache
def names() -> Sequence[str]:
    """Name every runbook of this release."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


@cache
def rendered_runbook(name: str) -> Markup | None:
    """Give a runbook as HTML; None where there is none of this name. What is no name of a runbook is never looked for on the disk."""
    if name not in names():
        return None
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    for token in tokens:
        for part in token.children or ():
            _lead_within(part)
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704 — of our own files, `html` is off


def _lead_within(part: Token) -> None:
    """Turn a link to another runbook into one of the page; others, to documents that the page does not serve, are no links."""
    if part.type == "image":
        part.attrs = {}
    if part.type != "link_open":
        return
    target = urlsplit(str(part.attrs.pop("href", "")))
    path = PurePosixPath(target.path)
    if not target.netloc and path.suffix == ".md" and path.stem in names() and len(path.parts) == 1:
        part.attrs["href"] = address_of_runbook(path.stem)
    else:
        part.attrs["title"] = target.geturl()

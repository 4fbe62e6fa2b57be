"""Sets a document as PDF with Typst: bundled templates, two Noto fonts, no clock, no network, no file but the templates.

PDF/A-2a and PDF/UA-1: made to be kept for decades and to be read aloud. Those standards also refuse a sign for which the
fonts have no picture, so that no document ever bears an empty box in place of a name.
"""

import hashlib
import json
import threading
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import typst

from schemas.documents import DocumentKind
from services.documents.content import Content
from services.runtime.errors import WillNotStart

TEMPLATES = Path(__file__).parent / "templates"
BASE = "base.typ"
STANDARDS: list["typst.PDFStandard"] = ["a-2a", "ua-1"]
FONTS_PACKAGE = "mplfonts"
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
"""What the templates name. The package has other fonts; templates fall back to none of them."""
WRITERS = tuple(Path(__file__).parent / name for name in ("content.py", "terms.py", "figures.py"))
"""What writes the content: a document's bytes depend on it as on the template."""
RELEASE_DIGITS = 12
COMPILED_MAX = 1_000
"""Documents after which a compiler is thrown away, and with it what it remembers of them."""


class CannotSet(Exception):
    """The document cannot be set as asked; `code` says why: template-unknown, text-not-printable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SetDocument(NamedTuple):
    """A document as it was set, and by what."""

    pdf: bytes
    page_count: int
    template_release: str


class Typesetter:
    """Sets documents, in any number of threads at once; each thread keeps compilers of its own."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self._templates = templates
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_fonts_folder())]
        )
        missing = set(FAMILIES) - set(self._fonts.families())
        if missing:
            raise WillNotStart(
                f"字体包 {FONTS_PACKAGE} {version(FONTS_PACKAGE)} 缺少字体：{'、'.join(sorted(missing))}。",
                f"{FONTS_PACKAGE} {version(FONTS_PACKAGE)} lacks {', '.join(sorted(missing))}.",
            )
        self._of_thread = threading.local()
        self._releases: dict[str, str] = {}

    def set_document(self, kind: DocumentKind, template_version: int, content: Content) -> SetDocument:
        """Set one document; CannotSet where its template is not here, or a text has signs that cannot be printed."""
        template = self._templates / f"{kind}-{template_version}.typ"
        if not template.is_file():
            raise CannotSet("template-unknown")
        if not all(map(_is_printable, _texts(content))):
            raise CannotSet("text-not-printable")
        compiler = self._compiler(template)
        inputs = {"document": json.dumps(content, ensure_ascii=False, sort_keys=True)}
        try:
            pdf = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS)
            page_count = int(compiler.query("<pages>", field="value", one=True))
        except typst.TypstError as error:
            if "could not be displayed" in error.message:
                raise CannotSet("text-not-printable") from error
            raise
        assert isinstance(pdf, bytes)
        return SetDocument(pdf, page_count, self.release_of(kind, template_version))

    def release_of(self, kind: DocumentKind, template_version: int) -> str:
        """Name all that a document's bytes depend on besides its content: template, typesetter and fonts."""
        name = f"{kind}-{template_version}"
        if name not in self._releases:
            digest = hashlib.sha256(f"{STANDARDS} {FONTS_PACKAGE} {version(FONTS_PACKAGE)}".encode())
            for file in (self._templates / BASE, self._templates / f"{name}.typ", *WRITERS):
                digest.update(file.read_bytes())
            self._releases[name] = f"{name} typst-{version('typst')} {digest.hexdigest()[:RELEASE_DIGITS]}"
        return self._releases[name]

    def _compiler(self, template: Path) -> typst.Compiler:
        kept: dict[Path, tuple[typst.Compiler, int]] = self._of_thread.__dict__.setdefault("compilers", {})
        compiler, used = kept.get(template, (None, 0))
        if compiler is None or used >= COMPILED_MAX:
            compiler, used = typst.Compiler(template, root=self._templates, font_paths=self._fonts), 0
        kept[template] = (compiler, used + 1)
        return compiler


def _fonts_folder() -> Path:
    """Find the fonts without importing their package, which would import matplotlib."""
    spec = find_spec(FONTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise WillNotStart(
            f"未安装文书字体，请运行 pip install {FONTS_PACKAGE}。",
            f"The fonts for documents are not installed: pip install {FONTS_PACKAGE}.",
        )
    return Path(spec.origin).parent / "fonts"


def _texts(content: object) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _is_printable(text: str) -> bool:
    """Tell whether a text has no controls and nothing that turns the direction of writing."""
    return text.isprintable() or all(sign.isprintable() or sign in _BLANKS for sign in text)


_BLANKS = frozenset("\u3000\u00a0\u200b")
"""Blanks that Python counts as not printable: ideographic, unbroken, and the place where a long word may be broken."""

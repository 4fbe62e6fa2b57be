"""What the page carries with it: vendored files as they were taken, and words in both languages."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from schemas.page import PageAct
from services.audit.all_services import ALL_SERVICES
from services.page.web import app, refused, texts
from services.page.web.orders import ACTIONS, heard_of_cases
from services.page.web.people import Role
from services.page.web.proposals import Standing

STATIC, TEMPLATES = app.HERE / "static", sorted((app.HERE / "templates").glob("*.html"))
MANIFEST = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))
WRITTEN = [*TEMPLATES, app.HERE / "list_rows.py"]
"""Where the page's HTML is written."""
_SAID = re.compile(r"""\bt\((?:"([^"]+)"|'([^']+)')\)""")
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bon[a-z]+\s*=\s*[\"']|\bstyle\s*=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("asset", MANIFEST, ids=[one["file"] for one in MANIFEST])
def test_a_vendored_file_is_the_one_that_was_taken(asset: dict[str, str]) -> None:
    content = (STATIC / "vendor" / asset["file"]).read_bytes()

    assert asset["sha256"] == hashlib.sha256(content).hexdigest()
    assert (STATIC / "vendor" / asset["licence_file"]).is_file()


def test_nothing_is_vendored_that_the_manifest_does_not_name() -> None:
    named = {name for one in MANIFEST for name in (one["file"], one["licence_file"], one.get("notice_file", ""))}

    assert set() == {path.name for path in (STATIC / "vendor").iterdir()} - named - {"manifest.json"}


@pytest.mark.parametrize("template", WRITTEN, ids=lambda path: path.name)
def test_a_template_has_nothing_inline(template: Path) -> None:
    assert [] == _INLINE.findall(template.read_text(encoding="utf-8"))


@pytest.mark.parametrize("template", WRITTEN, ids=lambda path: path.name)
def test_what_a_template_says_has_its_english(template: Path) -> None:
    said = {one or other for one, other in _SAID.findall(template.read_text(encoding="utf-8"))}

    assert set() == said - set(texts.ENGLISH)


def test_codes_that_are_shown_have_words() -> None:
    shown = {*PageAct, *Standing, *Role}

    assert set() == {code.value for code in shown} - set(texts.CODES_ZH)
    assert set() == set(ACTIONS.values()) - set(texts.ENGLISH)


def test_a_code_nobody_knows_is_told_as_a_failure() -> None:
    assert refused.told("failed", "zh") == refused.told("never-heard-of", "zh")


@pytest.mark.parametrize("service", ALL_SERVICES, ids=lambda service: service.name)
def test_what_a_service_hears_of_cases_is_what_the_inventory_says(service: object) -> None:
    hears = {kind.topic for kind in service.hears}  # type: ignore[attr-defined]

    assert hears == heard_of_cases(service.name)  # type: ignore[attr-defined]

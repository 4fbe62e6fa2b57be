"""Write the page of legal numbers: `python -m services.console.legal_page [--check]`.

`--check` writes nothing and fails when the page is stale.
"""

import sys
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from services.arrears.law_numbers import Confidence, LegalNumber, Unit
from services.audit.legal_numbers import legal_numbers, open_questions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generated" / "legal-numbers.md"
EXIT_STALE = 1
_CONFIDENCE = {
    Confidence.READ: "the operative text was read in full",
    Confidence.QUOTED: "read quoted in a second source that names the article",
    Confidence.UNCONFIRMED: "the text was seen, its article or its reach was not confirmed",
    Confidence.RECALLED: "not found, recalled: to be looked up before it is relied on",
    Confidence.OFFICE: "the office's own rule, or assumed for it",
}
_HEAD = """# Legal numbers
Every number that decisions rest on, as `law*.py` has it: `LegalNumber` in `services/arrears/law_numbers.py`. Made from the code by `make generate`.

Confidence: {letters}. A parameter is published, dated, and sets another value than the default
shown. A number whose law was made anew or counted otherwise has a row for each wording, while its value was the same; decisions cite the article of the wording in force now. What is disputed is named by `shebao explain` in each case whose decisions cite its paragraph.
"""
_TABLE = "| number | value | paragraph | in force | confidence | meaning |\n|---|---|---|---|---|---|\n"
_QUESTIONS = """
## Questions for the legal desk
No text in hand answers them and no parameter sets them. `shebao explain` tells one in each case whose decisions rest on all the paragraphs named.

| question | rests on | what is asked | until it is answered | decision |
|---|---|---|---|---|
"""


def text() -> str:
    """Give the page as it should stand."""
    letters = "; ".join(f"{letter.value} {meaning}" for letter, meaning in _CONFIDENCE.items())
    parts = [_HEAD.format(letters=letters)]
    for module, numbers in legal_numbers().items():
        path = module.replace(".", "/")
        parts.append(f"\n## {path}.py\n{_TABLE}" + "".join(_row(number) for number in numbers))
    disputed = [number for numbers in legal_numbers().values() for number in numbers if number.is_disputed]
    parts.append("\n## Disputed\n| number | rests on | what is disputed | parameter, default |\n|---|---|---|---|\n")
    parts += [
        f"| {one.name} | {one.paragraph} | {one.dispute} | {f'`{one.parameter}`, ' if one.parameter else ''}{_value(one)} |\n"
        for one in disputed
    ]
    parts.append(_QUESTIONS)
    parts += [
        f"| {one.name} | {'; '.join(one.rests_on)} | {one.question} | {one.reading} | {one.decision} |\n"
        for one in open_questions()
    ]
    return "".join(parts)


def _row(number: LegalNumber[Any]) -> str:
    meaning = f"{number.meaning}. {number.note}" if number.note else f"{number.meaning}."
    if number.parameter:
        meaning += f" Parameter `{number.parameter}`."
    if number.is_disputed:
        meaning += " **Disputed.**"
    cells = (number.name, _value(number), number.paragraph, _force(number), number.confidence.value, meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _value(number: LegalNumber[Any]) -> str:
    values = number.value if isinstance(number.value, tuple) else (number.value,)
    return f"{', '.join(_shown(value, number.unit) for value in values)} ({number.unit.value})"


def _shown(value: object, unit: Unit) -> str:
    """Write a value as its unit is read: `28.57`, `22:00`, `20,000,000`."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, str) and value.isdecimal():  # what a parameter may set is kept as the parameter writes it
        return f"{int(value):,}"
    if not isinstance(value, int):
        return str(value)
    if unit is Unit.HUNDREDTHS_PERCENT:
        return f"{value // 100}.{value % 100:02d}"
    return f"{value // 60:02d}:{value % 60:02d}" if unit is Unit.TIME_OF_DAY else f"{value:,}"


def _force(number: LegalNumber[Any]) -> str:
    begins = "" if number.in_force_from == date.min else f"from {number.in_force_from}"
    ends = "" if number.in_force_until is None else f"to {number.in_force_until}"
    return " ".join(part for part in (begins, ends) if part) or "always"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or check it; give the exit code."""
    page = text()
    if list(arguments) == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
            return 0
        sys.stderr.write(f"{PAGE.name} is stale: say `make generate`\n")
        return EXIT_STALE
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

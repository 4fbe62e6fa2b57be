"""Which fields are sealed, in which compartment, and who may open them: the grant table (授权表).

A compartment (密钥分区) is what one master key wraps: data keys of contacts, names and findings never share one, so a
service is given the master keys of its own compartments and can open nothing else, whatever it tries. Duty:
社会保险法 81, 个人信息保护法 6 (collect and use the least), 51 (access by need).
"""

from dataclasses import dataclass
from enum import StrEnum


class Compartment(StrEnum):
    """What is sealed under one master key, and erased together."""

    CONTACT = "contact"
    """Telephone and mail (联系方式)."""
    NAME = "name"
    """Names of persons (姓名)."""
    FINDING = "finding"
    """Medical findings (诊断结论), sensitive in the sense of 个人信息保护法 28."""


KEPT_BY_LAW = frozenset({Compartment.FINDING})
"""Compartments that an erasure leaves alone unless it names them: findings belong to the appraisal's file, whose keeping is
laid down (个人信息保护法 47 II; 社会保险法 74)."""


@dataclass(frozen=True, slots=True)
class SealedField:
    """One field: the name under which it is sealed, wherever it is forwarded, and who may see what of it."""

    name: str
    title_zh: str
    compartment: Compartment
    opened_by: tuple[str, ...]
    """Services that must show it whole."""
    masked_by: tuple[str, ...] = ()
    """Those that may show it masked (370***********1234)."""
    needed_for: str = ""


CONSOLE = "console"
"""Principal of people at the command line."""
GATEWAY = "gateway"
"""Principal that seals. It opens nothing."""

SEALED_FIELDS = (
    SealedField(
        "contact_phone", "联系电话", Compartment.CONTACT, ("deliveries",), (CONSOLE,), "the call desk dials it"
    ),
    SealedField(
        "contact_email", "电子邮件", Compartment.CONTACT, ("deliveries",), (CONSOLE,), "the mail is sent to it"
    ),
    SealedField("name", "姓名", Compartment.NAME, (), (CONSOLE,)),
    SealedField("holder_name", "持卡人姓名", Compartment.NAME, (), (CONSOLE,)),
    SealedField("diagnosis", "诊断结论", Compartment.FINDING, ()),
)
"""Every sealed field of every contract. `delivery-requested.contact` is one of the contacts, forwarded."""

FORWARDED = {("delivery-requested", "contact"): ("contact_phone", "contact_email")}
"""Fields that carry a sealed value on under another name, and the names it may have been sealed under."""

BY_NAME = {field.name: field for field in SEALED_FIELDS}
"""The table by name."""


def note_of(topic: str, field: str) -> str:
    """Say of a sealed field of a contract who may see it, for the catalogue."""
    names = FORWARDED.get((topic, field), (field,))
    rows = [BY_NAME[name] for name in names]
    opened = sorted({principal for row in rows for principal in row.opened_by})
    masked = sorted({principal for row in rows for principal in row.masked_by})
    parts = (
        f"sealed as {' or '.join(f'`{name}`' for name in names)}" if names != (field,) else "sealed",
        f"in `{rows[0].compartment}`",
        f"opened by {', '.join(opened)}" if opened else "opened by nobody",
        f"masked for {', '.join(masked)}" if masked else "",
    )
    return ", ".join(part for part in parts if part)


def compartments_of(principal: str) -> frozenset[Compartment]:
    """Give the compartments of which a principal may see anything; the gateway seals in all."""
    if principal == GATEWAY:
        return frozenset(Compartment)
    return frozenset(field.compartment for field in SEALED_FIELDS if principal in (*field.opened_by, *field.masked_by))

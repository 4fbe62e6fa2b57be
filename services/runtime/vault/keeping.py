"""What operators do to the vault: look, rotate, erase, readmit. Each in one transaction with the record of it.

nothing ── first sealed ──> generation 1
generation n ── rotated, from the day after tomorrow ──> generation n + 1; n goes on opening, and sealing what lies before
any ── rewrapped ──> the same keys under the newest master key
any ── erasure asked by one, confirmed by another ──> erased, all generations; sealing is refused
erased ── readmission asked by one, confirmed by another ──> a new generation for what happens from then on
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.decision import LEGAL_ZONE
from schemas.sealed_fields import Compartment
from services.runtime.errors import UserMistake
from services.runtime.vault.acts import CONFIRMED_BY, Act, Action, Actor, open_request, record
from services.runtime.vault.erasures import erase
from services.runtime.vault.masters import Wrapped
from services.runtime.vault.store import StoredVault, bound, insert_key

AHEAD_DAYS = 2
"""A new generation begins so many days after its making: the edges take no fact dated later than tomorrow, so nothing
that was published before can lie in it, and every publisher knows of it in time."""
ROWS_AT_ONCE = 1_000
"""Keys a transaction rewraps or makes: others may write in between, and a crash repeats no more than this."""


@dataclass(frozen=True, slots=True)
class CompartmentStatus:
    """What a vault holds of one compartment."""

    compartment: Compartment
    subjects: int
    keys: int
    erased_subjects: int
    by_master: Counter[str]
    """Living keys by the master key that wraps them."""


def status(vault: StoredVault) -> list[CompartmentStatus]:
    """Count keys; nothing is unwrapped."""
    found = []
    for compartment in Compartment:
        ((subjects, keys, erased),) = vault.database.rows(
            "SELECT count(DISTINCT subject), count(wrapped), count(DISTINCT CASE WHEN wrapped IS NULL THEN subject END) "
            "FROM keys WHERE compartment = ?",
            compartment.value,
        )
        masters = vault.database.rows(
            "SELECT master, count(*) FROM keys WHERE compartment = ? AND master IS NOT NULL GROUP BY master",
            compartment.value,
        )
        found.append(CompartmentStatus(compartment, subjects, keys, erased, Counter(dict(masters))))
    return found


def wrapped_by_older(vault: StoredVault) -> int:
    """Count the keys that a rotation of the master keys would rewrap."""
    return sum(
        count
        for one in status(vault)
        for master, count in one.by_master.items()
        if master != vault.masters.newest(one.compartment)
    )


def rotate_master(vault: StoredVault, actor: Actor) -> int:
    """Wrap every data key with the newest master key of its compartment. The log is not touched: data keys stay.

    In bounded transactions; after a crash, do it again. Gives how many were rewrapped.
    """
    total = 0
    for compartment in Compartment:
        for master in _older_masters(vault, compartment):
            while count := _rewrap_some(vault, compartment, master):
                total += count
    with vault.database.transaction():
        record(vault.database, Action.MASTER_ROTATED, actor, keys=total)
    return total


def _older_masters(vault: StoredVault, compartment: Compartment) -> list[str]:
    rows = vault.database.rows(
        "SELECT DISTINCT master FROM keys WHERE compartment = ? AND master IS NOT NULL ORDER BY master",
        compartment.value,
    )
    return [master for (master,) in rows if master != vault.masters.newest(compartment)]


def _rewrap_some(vault: StoredVault, compartment: Compartment, master: str) -> int:
    with vault.database.transaction():
        rows = vault.database.rows(
            "SELECT subject, generation, reference, wrapped FROM keys WHERE master = ? LIMIT ?", master, ROWS_AT_ONCE
        )
        for subject, generation, reference, blob in rows:
            bound_to = bound(subject, compartment, generation, reference)
            key = vault.masters.unwrap(Wrapped(master, blob), compartment, bound_to)
            wrapped = vault.masters.wrap(key, compartment, bound_to)
            vault.database.changed(
                "UPDATE keys SET master = ?, wrapped = ? WHERE reference = ?", wrapped.master, wrapped.blob, reference
            )
    return len(rows)


def begins_on(actor: Actor) -> date:
    """The first day whose facts a generation made now seals."""
    return actor.at.astimezone(LEGAL_ZONE).date() + timedelta(days=AHEAD_DAYS)


DueKey = tuple[str, Compartment, int]
"""Subject, compartment and newest generation of a key that is to have another one."""


def rotation_due(
    vault: StoredVault, subject: str, from_on: date, after: tuple[str, str] = ("", ""), rows_max: int = -1
) -> list[DueKey]:
    """Give each living key of a subject (empty: of every one) that has no generation from that day on yet.

    In the order of (subject, compartment); `after`: only what comes after that; `rows_max`: at most so many; -1: all.
    """
    rows = vault.database.rows(
        "SELECT subject, compartment, max(generation) FROM keys "
        "WHERE (subject, compartment) > (?, ?) AND (subject = ? OR ? = '') GROUP BY subject, compartment "
        "HAVING max(from_on) < ? AND sum(wrapped IS NOT NULL AND generation = (SELECT max(generation) FROM keys AS newest "
        "WHERE newest.subject = keys.subject AND newest.compartment = keys.compartment)) = 1 "
        "ORDER BY subject, compartment LIMIT ?",
        *after,
        subject,
        subject,
        from_on.isoformat(),
        rows_max,
    )
    return [(name, Compartment(compartment), generation) for name, compartment, generation in rows]


def rotate_data(vault: StoredVault, actor: Actor, subject: str = "") -> int:
    """Give a subject (empty: every one) a new generation of its keys; gives how many were made.

    Done again on the same day, or after a crash, it makes only what is missing. What is erased stays so.
    """
    from_on, total, after = begins_on(actor), 0, ("", "")
    while done := _rotate_some(vault, subject, from_on, after):
        total, after = total + len(done), done[-1][:2]
    with vault.database.transaction():
        record(vault.database, Action.DATA_ROTATED, actor, subject, tuple(Compartment), keys=total)
    return total


def _rotate_some(vault: StoredVault, subject: str, from_on: date, after: tuple[str, str]) -> list[DueKey]:
    with vault.database.transaction():
        # Asked inside the transaction: none of them is erased meanwhile.
        due = rotation_due(vault, subject, from_on, after, ROWS_AT_ONCE)
        for name, compartment, generation in due:
            insert_key(vault.database, vault.masters, name, compartment, generation + 1, from_on)
    return due


def ask(vault: StoredVault, action: Action, actor: Actor, subject: str, compartments: Sequence[Compartment]) -> int:
    """Record the first person's request to erase or readmit a subject; gives the number the second one confirms."""
    if not actor.authority.strip():
        raise UserMistake(
            "请用 --authority 写明依据：法律条款、裁判文书或书面申请。",
            "Say on what authority: a paragraph, a judgment, a written request (--authority).",
        )
    erased = erased_compartments(vault, subject)
    if action is Action.READMISSION_ASKED and not set(compartments) <= erased:
        raise UserMistake(
            "只有已删除的才能恢复收存，删除情况见 `shebao keys show`。",
            "Only what was erased can be readmitted; `shebao keys show` says what was.",
        )
    if action is Action.ERASURE_ASKED and set(compartments) <= erased:
        raise UserMistake(
            "所指内容均已删除，由谁删除见 `shebao keys show`。",
            "All of that is erased already; `shebao keys show` says by whom.",
        )
    with vault.database.transaction():
        return record(vault.database, action, actor, subject, compartments)


def confirm(vault: StoredVault, number: int, actor: Actor, *, is_alone: bool = False) -> Act:
    """Carry out a request as the second person, with another name and another account; gives the request.

    `UserMistake` where it is the first one again. `is_alone`: one account is enough, as in a sandbox.
    """
    with vault.database.transaction():
        asked = open_request(vault.database, number)
        if actor.name.strip().casefold() == asked.issued_by.strip().casefold():
            raise UserMistake(
                f"申请 {number} 由 {asked.issued_by} 提出，须由另一人确认。",
                f"Request {number} was made by {asked.issued_by}: somebody else must confirm it.",
            )
        if actor.login == asked.login and not is_alone:
            raise UserMistake(
                f"申请 {number} 由账号 {asked.login} 提出，请用另一个账号确认。",
                f"Request {number} was made from the account {asked.login}: confirm it from another one.",
            )
        if CONFIRMED_BY[asked.action] is Action.ERASED:
            erase(vault.database, asked, actor)
            return asked
        count = len(asked.compartments)
        record(vault.database, Action.READMITTED, actor, asked.subject, asked.compartments, number, count)
        for compartment in asked.compartments:
            _readmit(vault, asked.subject, compartment, begins_on(actor))
    return asked


def _readmit(vault: StoredVault, subject: str, compartment: Compartment, from_on: date) -> None:
    ((generation, latest),) = vault.database.rows(
        "SELECT max(generation), max(from_on) FROM keys WHERE subject = ? AND compartment = ?",
        subject,
        compartment.value,
    )
    after = max(from_on, date.fromisoformat(latest) + timedelta(days=1))
    insert_key(vault.database, vault.masters, subject, compartment, generation + 1, after)


def erased_compartments(vault: StoredVault, subject: str) -> set[Compartment]:
    """Give the compartments of which a subject's newest generation is erased."""
    rows = vault.database.rows(
        "SELECT compartment FROM keys WHERE subject = ? GROUP BY compartment HAVING "
        "sum(wrapped IS NULL AND generation = (SELECT max(generation) FROM keys AS newest "
        "WHERE newest.subject = keys.subject AND newest.compartment = keys.compartment)) = 1",
        subject,
    )
    return {Compartment(row[0]) for row in rows}


def subjects_keys(vault: StoredVault, subject: str) -> list[tuple[Compartment, int, date, str, int | None]]:
    """Give compartment, generation, first day, reference and erasing act of each of a subject's keys; never a key."""
    rows = vault.database.rows(
        "SELECT compartment, generation, from_on, reference, erased_by FROM keys WHERE subject = ? "
        "ORDER BY compartment, generation",
        subject,
    )
    return [(Compartment(one[0]), one[1], date.fromisoformat(one[2]), one[3], one[4]) for one in rows]

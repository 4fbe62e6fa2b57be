"""Under any interleaving of sealing, rotating, rewrapping, erasing, readmitting, crashes and backups brought back:

what was said to be kept opens until it is erased and never after; the same row gives the same bytes; nothing opens with
another subject's, field's or generation's key; who was erased is sealed for again only after a readmission.
"""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.fact import Sealed
from schemas.sealed_fields import BY_NAME, Compartment
from services.runtime.errors import CannotOpen, Erased, UserMistake
from services.runtime.sealing import Opener
from services.runtime.vault import keeping
from services.runtime.vault.masters import MasterRing, grown, ring_keys
from services.runtime.vault.store import StoredVault
from tests.services.runtime.vaults import NOW, actor, edge, erase, made, opened, readmit

SUBJECTS = st.sampled_from(["unit-1", "unit-2", "p1-a"])
FIELDS = st.sampled_from(["contact_phone", "contact_email"])
"""One compartment is enough: test_generations shows that they do not touch each other."""
CONTACT = (Compartment.CONTACT,)
AGO_DAYS = st.integers(-1, 5)
"""How long ago a row's fact occurred: never later than tomorrow."""

Row = tuple[str, str, date]


class VaultMachine(RuleBasedStateMachine):
    """A vault, and what a reader of the log expects of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vault-"))
        self.path = self.folder / "keys.sqlite"
        self.now = NOW
        self.ring = grown("", CONTACT)
        self.keys = made(self.path, self._masters())
        self.log: dict[Row, Sealed] = {}
        """What was published: sealed, kept, written."""
        self.waiting: dict[Row, Sealed] = {}
        """Sealed and not kept yet."""
        self.erased: dict[str, date] = {}
        """Subjects erased, by the first day on which they may be sealed for again (far off: never)."""

    def _masters(self) -> MasterRing:
        return MasterRing(ring_keys(self.ring))

    @property
    def today(self) -> date:
        return self.now.date()

    def _is_erased(self, row: Row) -> bool:
        return row[2] < self.erased.get(row[0], date.min)

    @rule(subject=SUBJECTS, field=FIELDS, ago_days=AGO_DAYS)
    def seal(self, subject: str, field: str, ago_days: int) -> None:
        row = (subject, field, self.today - timedelta(days=ago_days))
        try:
            sealed = edge(self.keys).seal(f"{subject} {field}", subject, field, row[2])
        except Erased:
            assert self._is_erased(row)
            return
        assert not self._is_erased(row)
        assert self.log.get(row, sealed) == sealed
        self.waiting[row] = sealed

    @rule()
    def keep(self) -> None:
        self.keys.keep()
        self.log |= self.waiting
        self.waiting = {}

    @rule()
    def crash(self) -> None:
        """The process is gone with what it had not kept; a new one opens the file."""
        self.keys.close()
        self.waiting = {}
        self.keys = opened(self.path, self._masters())

    @precondition(lambda self: not self.waiting)
    @rule(subject=SUBJECTS)
    def rotate(self, subject: str) -> None:
        keeping.rotate_data(self.keys, actor(at=self.now), subject)

    @precondition(lambda self: not self.waiting)
    @rule()
    def rotate_master(self) -> None:
        self.ring = grown(self.ring, CONTACT)
        self.keys.close()
        self.keys = opened(self.path, self._masters())
        keeping.rotate_master(self.keys, actor(at=self.now))
        assert 0 == keeping.wrapped_by_older(self.keys)

    @precondition(lambda self: not self.waiting)
    @rule(subject=SUBJECTS)
    def erase(self, subject: str) -> None:
        try:
            erase(self.keys, subject, CONTACT, self.now)
        except UserMistake:
            assert subject in self.erased
            return
        self.erased[subject] = date.max
        self.log = {row: sealed for row, sealed in self.log.items() if row[0] != subject}
        self._gone(subject)

    def _gone(self, subject: str) -> None:
        rows = self.keys.database.rows("SELECT wrapped FROM keys WHERE subject = ? AND wrapped IS NOT NULL", subject)
        assert [] == rows

    @precondition(lambda self: not self.waiting)
    @rule(subject=SUBJECTS)
    def readmit(self, subject: str) -> None:
        if self.erased.get(subject) != date.max:
            return
        readmit(self.keys, subject, CONTACT, self.now)
        ((latest,),) = self.keys.database.rows("SELECT max(from_on) FROM keys WHERE subject = ?", subject)
        self.erased[subject] = date.fromisoformat(latest)
        assert self.erased[subject] > self.today + timedelta(days=1)

    @precondition(lambda self: not self.waiting)
    @rule(subject=SUBJECTS)
    def erase_after_a_backup_and_bring_it_back(self, subject: str) -> None:
        """The erasure holds, although the backup had the keys."""
        backup = self.folder / "backup.sqlite"
        shutil.copy(self.path, backup)
        self.erase(subject)
        self.keys.close()
        shutil.copy(backup, self.path)
        self.keys = opened(self.path, self._masters())
        if self.erased.get(subject) == date.max:
            self._gone(subject)

    @rule(days=st.integers(1, 3))
    def pass_days(self, days: int) -> None:
        self.keep()
        self.now += timedelta(days=days)

    @invariant()
    def what_was_kept_opens_for_its_own_row_alone(self) -> None:
        reader = Opener(self.keys, "deliveries")
        for (subject, field, _), sealed in self.log.items():
            assert f"{subject} {field}" == reader.open(sealed, subject, field)
            for other_subject, other_field in ((f"{subject}x", field), (subject, _other(field))):
                assert _does_not_open(self.keys, sealed, other_subject, other_field)

    @invariant()
    def no_two_values_of_a_generation_differ_in_their_reference(self) -> None:
        """A reference names subject, compartment and generation, and reveals none of them but the last."""
        assert not any(subject in sealed.key_reference for (subject, _, _), sealed in self.log.items())

    def teardown(self) -> None:
        self.keys.close()
        shutil.rmtree(self.folder)


def _other(field: str) -> str:
    return next(name for name in sorted(BY_NAME) if name.startswith("contact") and name != field)


def _does_not_open(keys: StoredVault, sealed: Sealed, subject: str, field: str) -> bool:
    try:
        Opener(keys, "deliveries").open(sealed, subject, field)
    except CannotOpen:
        return True
    return False


TestVault = VaultMachine.TestCase
TestVault.settings = settings(max_examples=15, stateful_step_count=25)

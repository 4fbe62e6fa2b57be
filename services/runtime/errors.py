"""What can go wrong, and what is to be done about it.

    MeshError
    ├── ToldToPeople           a person reads it: one sentence in Chinese, then in English; logs have the English one
    │   ├── UserMistake            one clear sentence, exit code 2; never a traceback
    │   │   ├── CannotOpen             a value sealed with another key, or for another subject or field
    │   │   │   ├── Erased                 the key was erased: what it sealed is unreadable for good, nothing more is sealed
    │   │   │   └── NotGranted             the grant table does not let this service see the field
    │   │   ├── SchemaRefused          the registry refuses a schema: `shebao schemas check` says why
    │   │   └── WrongSetting           a setting cannot be; it is named, its value is not; a worker exits with 3
    │   ├── WillNotStart           the worker says why in one sentence and exits with 3; starting again will not help
    │   │   ├── SchemaDisagreement     the registry answered otherwise than our contracts
    │   │   ├── NoAgreement            no registry answers and there is no last agreement
    │   │   ├── RegistryRefused        the registry refuses this account
    │   │   ├── NewerState             the changelog was written by a newer release
    │   │   ├── UnreadableState        the changelog holds what this release cannot take in
    │   │   ├── PositionsDisagree      offsets in the group and in the changelog differ
    │   │   │   └── DecisionsDisagree      the last decision record is not the one that the state goes on from
    │   │   └── BrokerRefused          a broker that answers and refuses: password, topic, right, codec
    │   └── Unavailable            something outside does not answer now: wait and ask again; at its start a worker exits with 1
    │       ├── RegistryUnavailable    the registry
    │       ├── BrokerUnavailable      nobody answers where the broker should be
    │       ├── VaultUnavailable       the vault of data keys
    │       └── PortTaken              another program listens where the health page should be
    └── TaskMustRestart        this task's clients are thrown away and it starts anew from the log; told to logs alone
        ├── Fenced                 another process owns the partition now; wait for membership to say so
        └── Stuck                  no progress while lag > 0

A refused record is not an exception of this tree: it is a `Refusal` (a value) inside the decision.
"""

from typing import NamedTuple

RIGHTS = "`shebao acls check` says which right is missing"
"""What a refusal for want of a right says is to be done."""
RIGHTS_ZH = "缺少哪项权限，见 `shebao acls check`"
"""The same in Chinese."""


class Sentences(NamedTuple):
    """What a person is told, twice: in Chinese and in English."""

    zh: str
    english: str


class MeshError(Exception):
    """Base of all errors of the mesh."""


class ToldToPeople(MeshError):
    """A person is told of it, so it takes two sentences. `str` gives the English one, which is what logs hold."""

    def __init__(self, zh: str, english: str) -> None:
        """Take the sentence in Chinese, ended by `。`, and in English. The Chinese one may leave out what the system says."""
        super().__init__(zh, english)

    @property
    def sentences(self) -> Sentences:
        """Both sentences, for an error that hands them on."""
        return Sentences(*self.args)

    def __str__(self) -> str:
        return self.sentences.english

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sentences.english!r})"

    @property
    def told(self) -> str:
        """What is shown to a person: Chinese first, then English."""
        return " ".join(self.sentences)


class UserMistake(ToldToPeople):
    """The user asked for something that cannot be; the message is one sentence that says what to do."""


class CannotOpen(UserMistake):
    """A sealed value does not open here: another key, another subject, field or version, or altered bytes."""


class Erased(CannotOpen):
    """The subject's data key was erased: what it sealed is unreadable for good, and nothing more is sealed with it."""


class NotGranted(CannotOpen):
    """The grant table of the contracts does not let this service see the field."""


class SchemaRefused(UserMistake):
    """The registry refuses a schema: it is incompatible with an earlier version, or no valid schema."""


class WrongSetting(UserMistake):
    """A setting from the environment cannot be as it is; the message names it and never its value."""


class WillNotStart(ToldToPeople):
    """The worker cannot start, and starting it again will not help; the message says why in one sentence."""


class SchemaDisagreement(WillNotStart):
    """The registry answered, and it does not hold our schema."""


class NoAgreement(WillNotStart):
    """The registry does not answer and no earlier agreement is kept."""


class RegistryRefused(WillNotStart):
    """The registry refuses this account."""


class NewerState(WillNotStart):
    """A changelog value was written by a newer release than this one."""


class UnreadableState(WillNotStart):
    """A changelog value cannot be taken in: another service or a hand wrote it, or this release breaks over it."""


class PositionsDisagree(WillNotStart):
    """The offsets of the group and of the changelog differ: somebody moved one of them."""


class DecisionsDisagree(PositionsDisagree):
    """The last decision record that stands is not the one that the state goes on from."""


class BrokerRefused(WillNotStart):
    """A broker answers and refuses us: password, topic, right or codec."""


class TaskMustRestart(MeshError):
    """The task's clients cannot be trusted any more; throw them away and start from the log."""


class Fenced(TaskMustRestart):
    """Another process has taken over this task's transactional id."""


class Stuck(TaskMustRestart):
    """The task has made no progress for too long while records wait."""


class Unavailable(ToldToPeople):
    """Something outside does not answer now; asking or starting again later may help."""


class RegistryUnavailable(Unavailable):
    """The registry does not answer now."""


class BrokerUnavailable(Unavailable):
    """Nobody answers now where the broker should be."""


class VaultUnavailable(Unavailable):
    """The vault of data keys does not answer now, or another writer holds it for too long."""


class PortTaken(Unavailable):
    """Another program listens now where we should."""

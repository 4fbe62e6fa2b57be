"""Applications for appraisal (劳动能力鉴定申请) and what the committee's office says of them."""

from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.appraisal_terms import (
    Applicant,
    CityCode,
    ConclusionKind,
    ExtensionGround,
    Fixation,
    Ground,
    Material,
    RelativeKeys,
    Specialties,
    UnitCodes,
)
from schemas.fact import CaseFact, Sealed, SourceFact
from schemas.vocabulary import BusinessReference, LegalDate, PersonKey, ShortText, UnitCode


class AppraisalSubmitted(SourceFact):
    """An application for appraisal was handed in (劳动能力鉴定申请); `business_reference` is the application's number.

    `received_on` is the day the intake window took it (the time limit runs from it), `transferred_on` the day the
    city's committee had it. `materials_completed_on`: the day the last missing paper came, of a corrected one.
    `recognised_on`: the day the injury's recognition (工伤认定) was received. `previous_conclusion_on`: for reviews.
    `specialties`, stability and fixation are derived by the intake doctor; the findings stay sealed (`diagnosis`).
    """

    topic: ClassVar[str] = "appraisal-submitted"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    applicant: Applicant
    kind: ConclusionKind
    ground: Ground
    city_code: CityCode
    received_on: LegalDate
    transferred_on: LegalDate | None = None
    materials_completed_on: LegalDate | None = None
    recognised_on: LegalDate | None = None
    previous_conclusion_on: LegalDate | None = None
    condition_stable: bool
    suspension_over: bool
    """Paid suspension of work (停工留薪期), extensions included, is over."""
    fixation: Fixation
    specialties: Specialties
    materials: tuple[Material, ...] = ()
    employer_unit_code: UnitCode | None = None
    relative_keys: RelativeKeys = ()
    """The person's relatives, as far as recusal (回避) needs them."""
    treating_hospital_codes: UnitCodes = ()
    name: Sealed | None = None
    contact_phone: Sealed | None = None
    contact_email: Sealed | None = None
    diagnosis: Sealed | None = None

    @model_validator(mode="after")
    def dates_are_in_order(self) -> Self:
        """Refuse a transfer or completion before the intake, and a recognition or conclusion after it."""
        later = (self.transferred_on, self.materials_completed_on)
        earlier = (self.recognised_on, self.previous_conclusion_on)
        if any(day is not None and day < self.received_on for day in later):
            raise PydanticCustomError("date-before-intake", "a later step lies before the intake date")
        if any(day is not None and day > self.received_on for day in earlier):
            raise PydanticCustomError("date-after-intake", "an earlier step lies after the intake date")
        return self


class AppraisalWithdrawn(SourceFact):
    """An application was taken back by who made it (撤回申请); `reverses` names the application."""

    topic: ClassVar[str] = "appraisal-withdrawn"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey

    @model_validator(mode="after")
    def names_the_application(self) -> Self:
        """Refuse a withdrawal that does not say of what."""
        if self.reverses is None:
            raise PydanticCustomError("reverses-missing", "a withdrawal names the application it takes back")
        return self


class AppraisalExtensionDecided(SourceFact):
    """The committee's office decided to extend an application's time limit by 30 days (延长期限的决定), on one of the law's grounds.

    `occurred_on` is the day of the decision; it must lie within the 60 days. The mesh never extends by itself.
    """

    topic: ClassVar[str] = "appraisal-extension-decided"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    application_reference: BusinessReference
    ground: ExtensionGround


class ApplicationFact(CaseFact):
    """What the committee's office said about one application."""

    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    application_reference: BusinessReference


class AppraisalAccepted(ApplicationFact):
    """An application was accepted (受理). `warnings` are local conditions not met, which alone do not refuse it."""

    topic: ClassVar[str] = "appraisal-accepted"

    kind: ConclusionKind
    received_on: LegalDate
    transferred_on: LegalDate | None = None
    conclusion_due_on: LegalDate
    warnings: tuple[ShortText, ...] = ()


class AppraisalRefused(ApplicationFact):
    """An application was not accepted (不予受理), for all the reasons named."""

    topic: ClassVar[str] = "appraisal-refused"

    kind: ConclusionKind
    reasons: tuple[ShortText, ...]
    warnings: tuple[ShortText, ...] = ()


class AppraisalCorrectionsRequested(ApplicationFact):
    """Missing papers were named all at once (一次性告知补正). `tell_by`: last legal day of telling; `bring_by`: of bringing.

    `warnings`: local conditions not met, as of an accepted application.
    """

    topic: ClassVar[str] = "appraisal-corrections-requested"

    missing: tuple[Material, ...]
    tell_by: LegalDate
    told_late: bool
    bring_by: LegalDate
    warnings: tuple[ShortText, ...] = ()


class AppraisalExtended(ApplicationFact):
    """The time limit of an application was extended by 30 days (延长期限), on the ground that the office named (`reason`)."""

    topic: ClassVar[str] = "appraisal-extended"

    reason: ShortText
    conclusion_due_on: LegalDate
    extended_due_on: LegalDate


class AppraisalClosed(ApplicationFact):
    """An application ended without a sitting: `reason` withdrawn, or abandoned (视为放弃当次申请)."""

    topic: ClassVar[str] = "appraisal-closed"

    reason: ShortText

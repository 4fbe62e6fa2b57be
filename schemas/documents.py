"""Documents with an official number (文书): what is to be printed, word by word typed, and what became of it.

The asker says what the document tells; wording and layout belong to the template of its kind, by version. The same
request gives the same bytes within one release of the templates. Nothing sealed is in it: what only a person's file
holds (account numbers, names of persons) is left blank on the paper and filled in by hand.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.document_terms import (
    ClaimDeclarationTerms,
    DeferralAgreementTerms,
    EnforcementDemandTerms,
    IssuingOffice,
    OwedAmounts,
    PaymentNoticeTerms,
    TransferApplicationTerms,
    TransferDecisionTerms,
)
from schemas.effects import EffectAttempted, EffectOutcome, EffectRequest
from schemas.fact import Fact
from schemas.vocabulary import LegalDate, ShortText, UnitCode

REMARKS_MAX = 10
"""Remarks of one document."""


class DocumentKind(StrEnum):
    """Which document; each has a template of its own, and terms of its own in the request."""

    PAYMENT_NOTICE = "payment-notice"
    """社会保险费限期补缴通知书 (社会保险法 63, 令20号 16)."""
    ENFORCEMENT_DEMAND = "enforcement-demand"
    """催告书 (行政强制法 35, 54)."""
    TRANSFER_APPLICATION = "transfer-application"
    """划拨社会保险费申请书 (社会保险法 63(2), 令20号 18)."""
    TRANSFER_DECISION = "transfer-decision"
    """划拨社会保险费决定书 (社会保险法 63(2), 行政强制法 37)."""
    DEFERRAL_AGREEMENT = "deferral-agreement"
    """延期缴费协议 (社会保险法 63(2), 令13号 22)."""
    CLAIM_DECLARATION = "claim-declaration"
    """债权申报书 (企业破产法 48, 49)."""


DOCUMENT_TITLES_ZH = {
    DocumentKind.PAYMENT_NOTICE: "社会保险费限期补缴通知书",
    DocumentKind.ENFORCEMENT_DEMAND: "催告书",
    DocumentKind.TRANSFER_APPLICATION: "划拨社会保险费申请书",
    DocumentKind.TRANSFER_DECISION: "划拨社会保险费决定书",
    DocumentKind.DEFERRAL_AGREEMENT: "社会保险费延期缴费协议",
    DocumentKind.CLAIM_DECLARATION: "债权申报书",
}


class DocumentRequested(EffectRequest):
    """A document is to be made out (制作文书): written, numbered, dated, and kept by the hash of its bytes.

    `effect_id` names the document; asked for again it is made once. Exactly the terms of its `kind` are given. One
    number is one document: asked for with other content under a number that is taken, it fails (`number-taken`).
    """

    topic: ClassVar[str] = "document-requested"
    key_field: ClassVar[str] = "unit_code"
    added_later: ClassVar[frozenset[str]] = frozenset({"transfer_decision"})

    unit_code: UnitCode
    unit_name: ShortText
    """Full name of the unit (单位名称), printed as it stands, whatever signs are in it."""
    unit_address: ShortText | None = None
    kind: DocumentKind
    template_version: Annotated[int, Field(ge=1, le=1000)]
    """Version of the kind's template; the asker names the one whose wording its decision meant."""
    document_number: Annotated[str, Field(min_length=1, max_length=60)]
    """文号, printed as it stands: `文社险限缴〔2026〕12号`."""
    dated_on: LegalDate
    """成文日期: the only date of the making that the document bears."""
    office: IssuingOffice
    owed: OwedAmounts
    payment_notice: PaymentNoticeTerms | None = None
    enforcement_demand: EnforcementDemandTerms | None = None
    transfer_application: TransferApplicationTerms | None = None
    deferral_agreement: DeferralAgreementTerms | None = None
    claim_declaration: ClaimDeclarationTerms | None = None
    remarks: Annotated[tuple[ShortText, ...], Field(max_length=REMARKS_MAX)] = ()
    """备注: printed after the text."""
    transfer_decision: TransferDecisionTerms | None = None

    @model_validator(mode="after")
    def the_terms_are_those_of_its_kind(self) -> Self:
        """Refuse a request without the terms of its kind, or with those of another."""
        given = {kind for kind in DocumentKind if self._terms_of(kind) is not None}
        if given != {self.kind}:
            raise PydanticCustomError("terms-of-another-kind", "exactly the terms of the document's kind are given")
        return self

    @model_validator(mode="after")
    def a_claim_is_the_principal_and_ends_with_the_acceptance(self) -> Self:
        """Refuse a claim whose two parts are not the principal, or whose late fee runs past the acceptance."""
        claim = self.claim_declaration
        if claim is None:
            return self
        if claim.individual_account_fen + claim.pooled_fen != self.owed.principal_fen:
            raise PydanticCustomError("claim-differs", "the parts of the claim are not the principal")
        if self.owed.late_fee_as_of > claim.accepted_on:
            raise PydanticCustomError("late-fee-past-acceptance", "the late fee runs past the day of acceptance")
        return self

    @model_validator(mode="after")
    def instalments_add_up(self) -> Self:
        """Refuse an agreement whose instalments are not what is owed; from template 2 on they may be the principal alone."""
        agreement = self.deferral_agreement
        if agreement is None:
            return self
        allowed = [self.owed.principal_fen + self.owed.late_fee_fen]
        if self.template_version > 1:
            allowed.append(self.owed.principal_fen)
        if sum(part.amount_fen for part in agreement.instalments) not in allowed:
            raise PydanticCustomError("instalments-differ", "the instalments do not add up to what is owed")
        return self

    def _terms_of(self, kind: DocumentKind) -> object:
        return getattr(self, kind.replace("-", "_"))


class DocumentAttempted(EffectAttempted):
    """What came of making out a document (the effect shell's own note)."""

    topic: ClassVar[str] = "document-attempted"


class DocumentCompleted(EffectOutcome):
    """The effect shell's word on a document (文书已制作): done, failed or unknown.

    Where it is done, `sha256` is the record: the document is kept under it and can be had by it. `template_release` names
    template, version and what set the page; within it the same request gives the same bytes.
    """

    topic: ClassVar[str] = "document-completed"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    """SHA-256 of the PDF's bytes, hex; empty unless done."""
    byte_count: Annotated[int, Field(ge=0)] = 0
    page_count: Annotated[int, Field(ge=0)] = 0
    template_release: Annotated[str, Field(max_length=100)] = ""

    @classmethod
    def told_by(cls, receipt: str) -> Mapping[str, Any]:
        """Give the fields that a receipt of the document store says."""
        parts = receipt.split(";")
        if len(parts) != len(_RECEIPT_FIELDS):
            return {}
        return dict(zip(_RECEIPT_FIELDS, parts, strict=True))


_RECEIPT_FIELDS = ("sha256", "byte_count", "page_count", "template_release")


def receipt_text(sha256: str, byte_count: int, page_count: int, template_release: str) -> str:
    """Write the receipt of a stored document, from which its outcome takes its fields."""
    return f"{sha256};{byte_count};{page_count};{template_release}"


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (DocumentRequested, "arrears", ("documents",)),
    (DocumentAttempted, "documents", ("documents",)),
    (DocumentCompleted, "documents", ("arrears",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""

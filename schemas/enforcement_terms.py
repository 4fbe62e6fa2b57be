"""Words of what follows an order to pay that was not followed (逾期未缴的处理): open strings on the wire, closed here."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.fact import Wire
from schemas.vocabulary import AmountFen, LegalDate

INSTALMENTS_MAX = 60
"""Instalments of one agreement."""
SECURITIES_MAX = 20
"""Securities of one agreement."""

MinuteOfDay = Annotated[int, Field(ge=0, le=1_439)]
"""Minute of a day in Asia/Shanghai, from midnight."""


class EnforcementAct(StrEnum):
    """What an office, the bank, the court or the unit did about one notice's arrears."""

    BANK_QUERY_SENT = "bank-query-sent"
    BANK_QUERY_ANSWERED = "bank-query-answered"
    TRANSFER_APPLIED = "transfer-applied"
    TRANSFER_DECLINED = "transfer-declined"
    DEMAND_SERVED = "demand-served"
    STATEMENT_RECEIVED = "statement-received"
    STATEMENT_REVIEWED = "statement-reviewed"
    TRANSFER_DECIDED = "transfer-decided"
    BANK_NOTIFIED = "bank-notified"
    TRANSFER_RECEIVED = "transfer-received"
    BANK_WITHDRAWAL_CONFIRMED = "bank-withdrawal-confirmed"
    AGREEMENT_SIGNED = "agreement-signed"
    SECURITY_REALISED = "security-realised"
    COURT_DEMAND_SERVED = "court-demand-served"
    REMEDY_SOUGHT = "remedy-sought"
    REMEDY_ENDED = "remedy-ended"
    COURT_APPLIED = "court-applied"
    COURT_ACCEPTED = "court-accepted"
    COURT_DECLINED = "court-declined"
    COURT_HEARING_OPENED = "court-hearing-opened"
    COURT_RULED = "court-ruled"
    COURT_REVIEW_REQUESTED = "court-review-requested"
    PROPERTY_SEIZED = "property-seized"
    PROPERTY_AUCTIONED = "property-auctioned"
    PROCEEDS_RECEIVED = "proceeds-received"
    RECEIPT_VOIDED = "receipt-voided"
    """核销到账记录: money that was recorded as received is not there (退汇、误记), and no credit will come."""
    EXECUTION_SUSPENDED = "execution-suspended"
    EXECUTION_RESUMED = "execution-resumed"
    EXECUTION_ENDED = "execution-ended"
    FINE_REFERRED = "fine-referred"
    DOCUMENT_ORDERED = "document-ordered"
    """制作文书: the paper of an act to come is to be made out and numbered."""
    LATE_FEE_PURSUED = "late-fee-pursued"
    """本金缴清后, the late fee alone (滞纳金) is to be enforced through the court (征缴暂行条例 26)."""


class EnforcementStage(StrEnum):
    """Where the procedure of one notice stands; the diagram is generated: `docs/generated/states`."""

    DUE = "due"
    QUERYING = "querying"
    FUNDED = "funded"
    APPLIED = "applied"
    DEMANDED = "demanded"
    HEARING = "hearing"
    DECIDED = "decided"
    ORDERED = "ordered"
    WITHDRAWING = "withdrawing"
    COLLECTED = "collected"
    INSUFFICIENT = "insufficient"
    DEFERRED = "deferred"
    BREACHED = "breached"
    COURT_DEMANDED = "court-demanded"
    COURT_HEARING = "court-hearing"
    COURT_APPLIED = "court-applied"
    COURT_DECLINED = "court-declined"
    COURT_REVIEWING = "court-reviewing"
    COURT_ACCEPTED = "court-accepted"
    COURT_RULED = "court-ruled"
    SEIZED = "seized"
    AUCTIONED = "auctioned"
    SUSPENDED = "suspended"
    PAID = "paid"
    CANCELLED = "cancelled"
    DROPPED = "dropped"
    ENDED = "ended"
    LAPSED = "lapsed"


class EnforcementEvent(StrEnum):
    """What moves a procedure without an act: time, payments, the notice, the unit's status, a slip of the desk taken back."""

    NOTICE_OVERDUE = "notice-overdue"
    NOTICE_NOT_OVERDUE = "notice-not-overdue"
    PAID_IN_FULL = "paid-in-full"
    PAID_IN_PART = "paid-in-part"
    CREDIT_MISSED = "credit-missed"
    INSTALMENT_MET = "instalment-met"
    INSTALMENT_EXCUSED = "instalment-excused"
    """Its day lay in a bankruptcy, which was heard of later (企业破产法 16)."""
    INSTALMENT_MISSED = "instalment-missed"
    DEADLINE_MISSED = "deadline-missed"
    COURT_WINDOW_CLOSING = "court-window-closing"
    COURT_WINDOW_MISSED = "court-window-missed"
    COURT_REVIEW_MISSED = "court-review-missed"
    FINE_CLOSING = "fine-closing"
    FINE_MISSED = "fine-missed"
    SUSPENSION_LAPSED = "suspension-lapsed"
    STATUS_SUSPENDED = "status-suspended"
    STATUS_RESUMED = "status-resumed"
    STATUS_ENDED = "status-ended"
    REGISTRATION_LOST = "registration-lost"
    """The unit's registration was taken back, and nothing has registered it since."""
    ACT_REVERSED = "act-reversed"
    DOCUMENT_MADE = "document-made"
    DOCUMENT_FAILED = "document-failed"
    PRINCIPAL_OWED_AGAIN = "principal-owed-again"


class EnforcementRole(StrEnum):
    """Who acts next."""

    COLLECTION_OFFICE = "collection-office"
    ADMINISTRATIVE_DEPARTMENT = "administrative-department"
    BANK = "bank"
    UNIT = "unit"
    COURT = "court"
    HIGHER_COURT = "higher-court"


class EnforcementDocument(StrEnum):
    """Papers of the procedure (文书、材料), by kind."""

    ACCOUNT_QUERY = "account-query"
    UNIT_PARTICULARS = "unit-particulars"
    ACCOUNT_PARTICULARS = "account-particulars"
    FACTS_AND_GROUNDS = "facts-and-grounds"
    AMOUNT_STATEMENT = "amount-statement"
    TRANSFER_APPLICATION = "transfer-application"
    TRANSFER_REFUSAL = "transfer-refusal"
    DEMAND = "demand"
    SERVICE_RECEIPT = "service-receipt"
    STATEMENT_RECORD = "statement-record"
    STATEMENT_REVIEW = "statement-review"
    TRANSFER_DECISION = "transfer-decision"
    TRANSFER_ORDER = "transfer-order"
    TRANSFER_REDUCTION = "transfer-reduction"
    TRANSFER_WITHDRAWAL = "transfer-withdrawal"
    AGREEMENT = "agreement"
    SECURITY_CONTRACT = "security-contract"
    SECURITY_REGISTRATION = "security-registration"
    COURT_APPLICATION = "court-application"
    DECISION_AND_GROUNDS = "decision-and-grounds"
    OPINION_AND_DEMAND = "opinion-and-demand"
    EXECUTION_OBJECT = "execution-object"
    COURT_WITHDRAWAL = "court-withdrawal"
    COURT_REVIEW_APPLICATION = "court-review-application"
    SUSPENSION_DECISION = "suspension-decision"
    RESUMPTION_DECISION = "resumption-decision"
    TERMINATION_DECISION = "termination-decision"
    FINE_REFERRAL = "fine-referral"


class EnforcementOutcome(StrEnum):
    """How a review, a remedy or a ruling came out."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    GRANTED = "granted"
    REFUSED = "refused"


class EnforcementGround(StrEnum):
    """On what ground execution was hurried, suspended or ended, or which remedy was taken."""

    ASSETS_MOVED = "assets-moved"
    STAY_ORDERED = "stay-ordered"
    HARDSHIP = "hardship"
    THIRD_PARTY_CLAIM = "third-party-claim"
    IRREPARABLE_HARM = "irreparable-harm"
    OTHER_SUSPENSION = "other-suspension"
    NO_SUCCESSOR = "no-successor"
    OBJECT_LOST = "object-lost"
    DECISION_REVOKED = "decision-revoked"
    OTHER_ENDING = "other-ending"
    REVIEW = "review"
    LAWSUIT = "lawsuit"


class SecurityKind(StrEnum):
    """What secures an agreement (担保方式)."""

    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    GUARANTOR = "guarantor"


class Instalment(Wire):
    """One payment of an agreement: what is to be paid by the end of which day."""

    due_on: LegalDate
    amount_fen: AmountFen


class Security(Wire):
    """One security of an agreement; a mortgage or pledge counts from its registration (登记)."""

    kind: SecurityKind
    value_fen: AmountFen
    registered_on: LegalDate | None = None

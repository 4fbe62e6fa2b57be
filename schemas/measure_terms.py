"""Words of the measures by which arrears are collected (分类施策): open strings on the wire, closed here."""

from enum import StrEnum


class Measure(StrEnum):
    """The road by which a unit's arrears are collected (措施)."""

    NONE = "none"
    """Nothing is owed."""
    REMIND = "remind"
    """电话提醒."""
    ORDER = "order"
    """责令限期补缴."""
    TRACE = "trace"
    """查找下落, 公告送达."""
    FORCE_LIQUIDATION = "force-liquidation"
    """吊销未清算: 申请强制清算; the order to pay goes on beside it."""
    OBJECT = "object"
    """对简易注销提出异议; the order to pay goes on beside it."""
    CLAIM_IN_LIQUIDATION = "claim-in-liquidation"
    """清算: 向清算组申报债权; the order to pay goes on beside it."""
    DECLARE_CLAIM = "declare-claim"
    """破产: 申报债权."""
    REORGANISATION = "reorganisation"
    """重整: 申报债权, 审查重整计划草案."""
    PURSUE_OBLIGORS = "pursue-obligors"
    """已注销: 向股东、清算义务人、承诺人追偿."""
    SETTLE_REMAINDER = "settle-remainder"
    """破产程序终结: 追加分配, 依决定核销."""


class MeasureStage(StrEnum):
    """How far a measure has come."""

    ORDINARY = "ordinary"
    """By the ordinary steps: reminder, order to pay, enforcement."""
    AWAIT_ANNOUNCEMENT = "await-announcement"
    DECLARE = "declare"
    SUPPLEMENT = "supplement"
    """The time to declare is over, or what was declared is not the whole: 补充申报."""
    DECLARED = "declared"
    OBJECT_TO_PLAN = "object-to-plan"
    PLAN_IN_ORDER = "plan-in-order"
    DISTRIBUTED = "distributed"
    """The last distribution was made."""
    OBJECT = "object"
    OBJECTION_MISSED = "objection-missed"
    AWAIT_LIQUIDATION = "await-liquidation"
    APPLY = "apply"
    APPLIED = "applied"
    PURSUE = "pursue"
    PURSUED = "pursued"
    REMAINDER = "remainder"
    FINISHED = "finished"


class DeadlineKind(StrEnum):
    """What has to be done by a deadline."""

    ANNOUNCEMENT = "announcement-found-by"
    """The court announces within 25 days (企业破产法 14): whoever has not seen it by then asks the court."""
    CLAIM = "claim-declared-by"
    OBJECTION = "objection-filed-by"
    LIQUIDATION = "liquidation-applied-by"
    OBLIGORS = "obligors-claimed-by"
    ADDITIONAL_DISTRIBUTION = "additional-distribution-until"


class Liable(StrEnum):
    """Who answers for the arrears, with what."""

    UNIT = "unit"
    ESTATE = "bankruptcy-estate"
    SHAREHOLDERS = "shareholders"
    LIQUIDATORS = "liquidation-group"
    LIQUIDATION_OBLIGORS = "liquidation-obligors"
    PROMISORS = "promisors"
    PERSONAL_PROPERTY = "personal-property"
    FAMILY_PROPERTY = "family-property"
    SUCCESSOR = "successor"
    """合并后的单位 (民法典 67(1))."""
    SUCCESSORS_JOINTLY = "successors-jointly"
    """分立后的各单位, 连带责任 (民法典 67(2))."""

"""Acts of people at the operators' page (运维页面操作记录): who asked for what, why, who approved it, and what was refused them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import Fact
from schemas.vocabulary import ShortText

ITEMS_MAX = 100
"""Most things one act may be about: what a person can still look through before approving it."""
Items = Annotated[tuple[ShortText, ...], Field(max_length=ITEMS_MAX)]


class PageAct(StrEnum):
    """What a person did, or was kept from doing."""

    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    ACCESS_REFUSED = "access-refused"
    """Something was asked for that this person may not see or do; `code` says why."""
    PROPOSED = "proposed"
    """An order was prepared; it needs a second person (四眼原则)."""
    APPROVED = "approved"
    DECLINED = "declined"
    """The second person, or who proposed it, decided against it."""
    CARRIED_OUT = "carried-out"
    """The orders were written; `commands` names them."""
    NOT_CARRIED_OUT = "not-carried-out"
    """Nothing, or not everything, could be written; `code` says why, `commands` what was."""
    UNMASKING_ASKED = "unmasking-asked"
    """A masked value was asked for in clear, with a reason. Said before it is shown."""
    EXPORTED = "exported"
    """A list was taken away as a file."""
    REPLAY_STARTED = "replay-started"
    REPLAY_ENDED = "replay-ended"


STANDING_ALONE = frozenset(
    {PageAct.SIGNED_IN, PageAct.SIGNED_OUT, PageAct.ACCESS_REFUSED, PageAct.UNMASKING_ASKED, PageAct.EXPORTED}
)
"""Acts that belong to no other: each is a matter of its own."""
WITH_REASON = frozenset({PageAct.PROPOSED, PageAct.APPROVED, PageAct.DECLINED, PageAct.UNMASKING_ASKED})
"""Acts nobody does without saying why."""

ACT_NAMES_ZH: Mapping[PageAct, str] = {
    PageAct.SIGNED_IN: "登录",
    PageAct.SIGNED_OUT: "退出",
    PageAct.ACCESS_REFUSED: "被拒绝访问",
    PageAct.PROPOSED: "提出申请",
    PageAct.APPROVED: "批准",
    PageAct.DECLINED: "不批准",
    PageAct.CARRIED_OUT: "已执行",
    PageAct.NOT_CARRIED_OUT: "未能执行",
    PageAct.UNMASKING_ASKED: "查看未隐去的内容",
    PageAct.EXPORTED: "导出清单",
    PageAct.REPLAY_STARTED: "开始重演",
    PageAct.REPLAY_ENDED: "重演结束",
}
"""What a person did, as it is told of them."""
ORDER_NAMES_ZH: Mapping[str, str] = {"redrive": "重投", "release": "放行", "resume": "恢复", "reconcile": "核对"}
"""Orders a service takes (`services/runtime/commands.py`), with what people call them."""
ACTION_NAMES_ZH: Mapping[str, str] = {
    **ORDER_NAMES_ZH,
    "sign-in": "登录",
    "sign-out": "退出",
    "unmask": "查看原文",
    "export": "导出",
    "export-csv": "导出文本表格",
    "export-xlsx": "导出电子表格",
    "replay": "重演",
}
"""What may be asked for at the page; a refusal names the address instead."""


class PageActRecorded(Fact):
    """A person at the page did something, or was refused it (页面操作已记录). Nobody decides by it; auditors read it.

    It is written before what it tells of happens: what cannot be recorded does not happen.
    """

    topic: ClassVar[str] = "page-act-recorded"
    key_field: ClassVar[str] = "matter"

    matter: ShortText
    """What it belongs to: the same for a proposal, its approval and its end."""
    act: PageAct
    person: ShortText
    """Staff number (工号) as the sign-in provider names the person; `anonymous` before anybody signed in."""
    roles: ShortText
    """Roles the person had, divided by commas; `none` without any."""
    action: ShortText
    """What was asked for: an order (`redrive`, `release`, `resume`, `reconcile`), `unmask`, `export`, `replay`, or the view."""
    service: ShortText | None = None
    items: Items = ()
    """What it is about: case keys, dead letters by name, tasks by number; for a refusal, what was asked for."""
    district: ShortText | None = None
    explanation: ShortText | None = None
    """Why, in the person's words; numbers of citizens and telephones in it are masked."""
    code: ShortText | None = None
    """Why it was refused or not carried out."""
    commands: Items = ()
    """Ids of the orders that were written."""

    @model_validator(mode="after")
    def says_why(self) -> Self:
        """Refuse an act without the reason it needs."""
        if self.act in WITH_REASON and self.explanation is None:
            raise PydanticCustomError("explanation-missing", "this act is recorded with its reason")
        return self


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ((PageActRecorded, "page", ("page",)),)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""

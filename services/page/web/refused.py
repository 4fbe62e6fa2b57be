"""Refusals at the page: each with its code, recorded and told."""

from collections.abc import Mapping

REFUSALS: Mapping[str, tuple[str, str]] = {
    "sign-in-needed": ("请先登录。", "Please sign in first."),
    "rights-withdrawn": (
        "身份提供方已不再确认您的岗位，请重新登录。",
        "The provider no longer vouches for your role; sign in again.",
    ),
    "rights-unconfirmed": (
        "身份提供方没有应答，无法确认您的岗位；请稍后再试。",
        "The provider does not answer, so your role could not be confirmed; try again later.",
    ),
    "session-ended": ("登录已失效，请重新登录。", "Your session has ended; please sign in again."),
    "sign-in-not-started": (
        "登录未在此浏览器发起或已超时，请重新登录。",
        "This sign-in was not started here, or took too long.",
    ),
    "sign-in-state-wrong": ("登录状态不符，请重新登录。", "This sign-in does not match the one that was started."),
    "sign-in-issuer-wrong": ("登录由其他机构签发，不予接受。", "Another provider signed this sign-in."),
    "sign-in-code-refused": ("身份提供方未予确认，请重新登录。", "The provider did not confirm this sign-in."),
    "sign-in-token-invalid": ("身份令牌无效。", "The identity token does not count."),
    "person-without-role": ("您的账号尚未分配岗位，请联系管理员。", "Your account has no role here."),
    "role-missing": ("您的岗位无权使用此功能。", "Your role does not allow this."),
    "district-not-yours": ("不在您负责的区域内。", "This lies outside your districts."),
    "csrf-token-wrong": ("页面已过期，请刷新后重试。", "This form has expired; reload the page."),
    "origin-foreign": ("请求来自其他网站，不予受理。", "This request came from another site."),
    "request-invalid": ("请求内容不符合要求。", "This request is not as it must be."),
    "host-foreign": ("请从本系统的网址访问。", "This page is not reached under that name."),
    "body-too-long": ("提交的内容过长。", "What was sent is too long."),
    "address-too-long": ("地址过长。", "This address is too long."),
    "too-many-requests": ("操作过于频繁，请稍候再试。", "Too many requests; wait a minute."),
    "too-many-orders": ("一分钟内发出的指令已达上限，请稍候再试。", "Too many orders within a minute."),
    "not-found": ("没有这个页面。", "There is no such page."),
    "page-unknown": ("没有这一页，请从第一页看起。", "There is no such page of the list; begin with the first."),
    "case-unknown": ("没有这个案件。", "Nobody has heard of this case."),
    "dead-letter-unknown": ("没有这条被拒收的记录。", "There is no such refused record."),
    "districts-several": (
        "所选事项分属几个区市，请分开提交；一个案件属几个区市的，请由负责全部区市的人员提出。",
        "What was chosen lies in several districts: propose it apart; a case of several is for who sees them all.",
    ),
    "export-too-large": (
        "清单超过十万行，请先筛选再导出。",
        "The list has more than 100,000 rows: filter it before it is taken away.",
    ),
    "item-unknown": ("所选事项已不存在或已处理。", "What was chosen is gone, or was dealt with."),
    "items-missing": ("请至少选择一项。", "Choose at least one."),
    "items-too-many": ("一次最多处理一百项。", "At most a hundred at once."),
    "action-unknown": ("没有这种操作。", "There is no such action."),
    "runbook-unknown": ("没有这份处置手册。", "There is no such runbook."),
    "proposal-unknown": ("没有这项申请。", "There is no such proposal."),
    "proposal-expired": ("申请已过期，请重新提出。", "This proposal has expired."),
    "proposal-decided": ("这项申请已经处理。", "This proposal was decided already."),
    "approval-by-the-proposer": ("申请人不能审批自己的申请。", "Who proposes does not approve."),
    "explanation-missing": ("请写明原因。", "Say why."),
    "replay-busy": ("已有重演在进行，请等它结束。", "A replay is running; wait for its end."),
    "replay-unknown": ("没有这次重演。", "There is no such replay."),
    "original-missing": ("原记录已不在主题中。", "The original is not in its topic any more."),
    "would-be-refused-again": (
        "重投仍会被拒收，请更正后重新报送。",
        "It would be refused again; publish it anew once mended.",
    ),
    "mesh-unavailable": ("网格暂时没有响应，未作任何改动。", "The mesh does not answer; nothing was changed."),
    "failed": ("出现意外错误，已记入日志。", "Something went wrong; the log has it."),
}
"""Every code with what a person is told, in Chinese and English."""


class RefusedHereError(Exception):
    """The page refuses: told with a status, recorded with a code and what was asked for."""

    def __init__(self, status: int, code: str, *items: str) -> None:
        super().__init__(code)
        self.status, self.code, self.items = status, code, items


def told(code: str, language: str) -> str:
    """Say a refusal in a language (`zh` or `en`)."""
    chinese, english = REFUSALS.get(code, REFUSALS["failed"])
    return english if language == "en" else chinese

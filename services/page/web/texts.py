"""Words of the page: Chinese as the templates write them, and their English. What the mesh says (sentences, reasons) stays Chinese."""

from collections.abc import Callable, Mapping

from schemas.page import ACT_NAMES_ZH, ACTION_NAMES_ZH
from services.page.web.texts_indicators import ENGLISH_LINES_OF_INDICATORS

CODES_ZH: Mapping[str, str] = {
    "officer": "征缴经办",
    "operator": "运维",
    "auditor": "审计",
    **ACTION_NAMES_ZH,
    **{act.value: name for act, name in ACT_NAMES_ZH.items()},
    "access-refused": "拒绝访问",
    "proposed": "待审批",
    "approved": "已批准",
    "done": "已执行",
    "failed": "未能执行",
    "declined": "未批准",
    "expired": "已过期",
    "none": "无岗位",
}
"""Codes that are shown as words."""

_ENGLISH_LINES = """
一致|Agrees
上午|Morning
下一页|Next page
下午|Afternoon
不批准|Decline
主题|Topic
主题和来源|Topic and source
事项|Matter
人员|Person
什么不同|What differs
今日|today
今日待办|Due today
从大到小|Descending
从小到大|Ascending
从挂失到新卡（分钟，中位数）|From report to new card (minutes, median)
代码|Code
以下仅为预演，未作任何改动。提交申请后，须由另一人审批才会执行。|This is a dry run: nothing was changed. Once proposed, a second person has to approve it before it is done.
件未办结，期限最近的在前|open, the nearest limit first
位专家|experts
依据：|By:
停办任务|Halted
停办的任务|Halted tasks
停滞|Stuck
停滞的服务|Stuck services
全网格|The whole mesh
全选|Choose all
全部|All
内容|Content
再看|Show
决定|Decisions
决定/小时|Decided/h
决定较多，只列出最近的部分。|There are many decisions; these are the latest.
决定：|Decided:
分区|Partition
分钟（中位数）|Minutes (median)
前四周|Four weeks back
剩余天数|Days left
前面的页已收起。|The pages before are folded away.
从头看起|From the beginning
办理期限|Deadline
区市|District
单位|Unit
单位名称|Unit name
单位编号|Unit code
单位名称或编号|Unit name or code
占比|Share
原因|Reason
原记录|Original record
发出|Said
发起人|Started by
受理日期|Received
只看我的|Only mine
只看未处理|Only open ones
只看逾期|Only overdue
可以执行|Can be done
可用白卡|Free blanks
各服务|Services
名称|Name
后四周|Four weeks on
告警|Alerts
回到总览|Back to the overview
处网点|outlets
处置手册|Runbooks
天|days
存量本金（元）|Stock principal (yuan)
存量新增|Stock or new
实时|Live
审批|Approvals
审批人|Decided by
审批意见|Their reason
审批时间|Decided at
密封内容在本页不能打开。|What is sealed cannot be opened here.
密封的内容|Sealed content
对象|About
导出 CSV|Export CSV
导出 XLSX|Export XLSX
小时|hour
尚无决定。|Nothing was decided yet.
岗位|Role
差异|Differences
已发卡|Cards issued
已发指令|Orders written
已延长|Extended
已查询|Look-ups
已退出|Signed out
已重投|Redriven
已隐去|Masked
已预留|Held
序号|Number
底数|Totals
开始|Began
开始重演|Start a replay
当时|Then
待办|Waiting
待登记单位|Units awaiting registration
总览|Now
恢复所选（先预演）|Resume chosen (dry run first)
意见|Reason
我的全部区市|All my districts
截至|up to
批准并执行|Approve and carry out
报头|Headers
拒收/小时|Refused/h
拒收：|Refused:
按当时的记录把决定重作一遍，逐字节比对。不写入任何内容。|Decides everything again from the log and compares byte for byte. It writes nothing.
排序|Sort by
措施|Measure
提交申请|Propose
撤回|Withdraw
操作|Act
操作记录|Acts
放行所选（先预演）|Release chosen (dry run first)
故障处理|Trouble
数值|Value
新增本金（元）|New principal (yuan)
无出处|Unexplained
日期刚刚变更，部分滞纳金仍计至前一日。|The day has just changed; some late fees are still those of the day before.
时间|Time
暂停|Parked
暂停的案件|Parked cases
暂定|Provisional
最早一条自|Oldest since
最近|Last
最近一小时|The last hour
最近一小时没有作出决定。|Nothing was decided in the last hour.
最近一小时没有新的事项。|Nothing happened in the last hour.
最近六十分钟；其中拒收|The last sixty minutes; refused among them:
最近决定|Last decision
最近发卡|Last card
最长|Longest
有差异|Differs
服务|Service
服务与主题|Services and topics
期限|Limit
未予受理|Refused
未分派|Nobody
未处理|Open
未处理的拒收记录|Open dead letters
未完成|Not completed
未解除的告警|Open alerts
未读|Unread
未隐去|In clear
本周|This week
本金|Principal
本金与滞纳金|Principal and late fee
本金（元）|Principal (yuan)
本页尚未读入的记录|Records not read in yet
条|records
条数|Lines
来源|Source
来龙去脉|From the beginning
查找|Search
查找单位、案件、编号|Unit, case or number
查看人、时间和原因都会记录在案。密封字段仍然密封。|Who looks, when and why is recorded. Sealed fields stay sealed.
查看并记录|Show and record
查看未隐去的内容|Show in clear
核对所选（先预演）|Reconcile chosen (dry run first)
案件|Case
案件（可不填）|Case (optional)
欠费|Arrears
欠费单位|Units in arrears
欠费条数|Lines in arrears
次|times
次序|Order
正在重演，请稍候。|The replay is running.
正常|Well
每分钟作出的决定|Decisions a minute
每分钟作出的决定，最近六十分钟|Decisions a minute, the last sixty minutes
没有停办的任务。|No task is halted.
没有到期的事项。|Nothing is due.
没有可以执行的事项。|Nothing here can be done.
没有找到。|Nothing was found.
没有暂停的案件。|No case is parked.
没有未办结的申请。|No application is open.
没有未解除的告警。|No alert stands.
没有申请。|There is no proposal.
没有符合条件的单位。|No unit fits.
没有结果不明的事项。|Nothing is unclear.
没有被拒收的记录。|No record was refused.
没有记录。|Nothing was recorded.
没有误期的定时。|No timer is late.
浅色|Light
随系统|As the system
深色|Dark
清单|List
清除|Clear
滞纳金|Late fee
滞纳金（元）|Late fee (yuan)
滞纳金（元），计至|Late fee (yuan), counted to
状态|Standing
现在|Now
申请人|Proposed by
申请时间|Proposed at
申请编号|Application
登录|Sign in
白卡库存|Blanks
看全部人员|Everybody's
社保网格|Shebao mesh
等候处理：|Waits:
等候指令|Waits for an order
等候的记录|Records waiting
筛选|Filter
类别|Kind
红色：可用白卡不足二十张；灰色：不制卡；圆越大，库存越多。坐标为假定。|Red: fewer than twenty free blanks; grey: makes no cards; the larger, the more stock. Coordinates are assumed.
结构|Structure
结果|Result
结果不明的事项|Unclear effects
结论期限|Limits of conclusions
网格日期|Day of the mesh
网点|Outlet
网点分布|Where the outlets are
网点制卡|Outlets
自|Since
自哪一日起（可不填）|From day (optional)
至|To
至哪一日止（可不填）|To day, included (optional)
范围|Scope
被拒收的记录|Dead letters
视图|Views
误期定时|Late timers
误期的定时|Late timers
说明|In words
请登录后查看。|Sign in to see more.
责任人|Officer
账龄|Age
账龄（天）|Age (days)
超期|Overdue
超本金|Above principal
跳到正文|Skip to the content
近期没有制卡。|No card was made of late.
还没有重演。|No replay yet.
这是您提出的申请，须由另一人审批；您可以撤回。|This is your own proposal: somebody else has to approve it; you may withdraw it.
进行中|Running
连同已重投|With those redriven
退出|Sign out
选择|Choose
逾期|Overdue
部分假定|Partly assumed
重投所选（先预演）|Redrive chosen (dry run first)
重投（先预演）|Redrive (dry run first)
重演|Replay
重演一致。|The replay agrees.
重演结果不一致。|The replay differs.
鉴定|Panels
鉴定日期|Sitting
鉴定日程|Calendar of sittings
阈值|Threshold
阶段|Stage
项|items
项数|Items
预演|Dry run
金额|Amount
重投|Redrive
放行|Release
恢复|Resume
核对|Reconcile
周一|Mon
周二|Tue
周三|Wed
周四|Thu
周五|Fri
周六|Sat
周日|Sun
"""
ENGLISH: Mapping[str, str] = dict(
    line.split("|", 1) for line in (_ENGLISH_LINES + ENGLISH_LINES_OF_INDICATORS).splitlines() if line
)
"""English of every Chinese text of the templates; a test keeps it complete."""


def text_in(language: str) -> Callable[[str], str]:
    """Give what turns a text or code of the templates into a language (`zh` or `en`)."""
    if language == "en":
        return lambda text: ENGLISH.get(text, text.replace("-", " ") if text in CODES_ZH else text)
    return lambda text: CODES_ZH.get(text, text)

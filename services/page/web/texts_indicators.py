"""Words of the view of indicators: Chinese as measures and templates write them, and their English."""

ENGLISH_LINES_OF_INDICATORS = """
一天|A day
一小时|An hour
七天|7 days
七日内缴清|Paid within seven days
七日内缴清占比|Paid within seven days
七日后仍欠|Open after seven days
三十天|30 days
不再办理的通知书|Notices that ended
不分列|Not split
个时窗事后更正过，所示为更正后的数值。|windows were corrected afterwards; the later value is shown.
事实|Facts
从挂失到新卡|From report to new card
件|cases
份|documents
作出的决定|Decisions
元|yuan
先前已知|Known before
六小时|6 hours
其余|Others
决定的理由|Decisions by reason
决定速率|Rate of decisions
分列|Split
分钟|minutes
制作结果|Documents
制成占比|Made
制成的卡|Cards made
办到该阶段的通知书|Notices that came to a stage
即时制卡|Instant cards
各项指标|All indicators
在该阶段的通知书|Notices at a stage
尚未处理的记录|Undecided records
已决定|Decided
已制成|Made
已取消|Cancelled
已拟制，待签发|Drawn up
已提醒|Reminded
已撤回|Withdrawn
已签发，待编文号|Approved
已缴清|Complied with
已送达|Served
平均|Average
应发未发|Missing
延长期限之内|Within the extension
张|cards
强制征缴|Enforcement
待送达|Issued
户|units
所据指标|Its indicator
拒收|Refused
拒收占比|Refused
拒收的原因|Refusals by code
拒收的记录|Refused records
指标|Indicators
按区市|By district
按服务|By service
按类别|By kind
按范围|By scope
排定的鉴定|Sittings fixed
提醒与缴清|Reminders and payment
提醒之后|After a reminder
提醒的单位|Units reminded
文书制作|Documents made
无法读取的记录|Unreadable records
时段|Time
时段内合计|Sum of the time shown
时段内最高|Highest in the time shown
更正|corrected
最早一条已等候|Age of the oldest
最近的在前；没有数值的时段不列。|The latest first; times without a value are left out.
期限之内|In time
期限之内占比|In time
未成功|Failed
未送达|Failed
查看|Show
每格|Each step:
测至|Measured until
监控尚未给出指标。|Monitoring has said nothing yet.
秒|s
积压|Backlog
笔|payments
结果不明|Unclear
结果不明的案件|Cases with an unclear effect
缴费|Payments
缴费笔数|Payments
缴费金额|Amount paid
退回笔数|Payments taken back
退回金额|Amount taken back
说出的事实|Facts said
超过期限|Too late
超过法定期限未发通知书|Past the law's days without a notice
这一时段没有数值。|There is no value in this time.
进入该阶段|Came to the stage
送达|Deliveries
送达占比|Delivered
送达结果|Deliveries
通知书办理|Notices by stage
通知书现状|Notices as they stand
逾期未缴|Overdue
鉴定排期与期限|Sittings and their limits
，取其间最高|, the highest in it
，数值见下表|; its numbers stand in the table
；只画最多的几项，其余见范围表|; only the greatest are drawn, the others stand in the table of scopes
"""

"""What stands open on the roads beside the ordinary one, how it is read here, and how sure the office is (confidence as in `law_numbers.py`).

Each is named in the cases that it touches, when they come upon the road (`rules_measure_stage.disputed`), and `shebao explain` tells it.
"""

PRINCIPAL_DISPUTE = "本金计至宣告破产之日（法复〔1996〕17号，可信度A）；受理后继续营业期间的社会保险费，可主张列为共益债务（企业破产法42，可信度A），以管理人认定为准"
PAUSE_END_DISPUTE = "破产程序未经宣告即告终结后，滞纳金自次日起恢复计算；法律未明文，系推论（可信度R）"
LATE_FEE_CLASS_DISPUTE = "受理前的滞纳金按普通债权申报（国家税务总局公告2019年第48号，可信度B；社会保险费系类推）"
ACCOUNT_DISPUTE = "应划入个人账户的养老、医疗部分不必申报（企业破产法48，可信度A）；养老按费率估算（可信度C），医疗以管理人公示的清单为准"
WRITE_OFF_DISPUTE = "核销须逐级审核并报政府批准（劳社部发〔1999〕36号，可信度B）；应划入个人账户的部分通常不予核销（劳社部发〔2001〕20号，可信度R）"
OBJECTION_DISPUTE = "公示期按日历日计算，末日遇休息日不顺延，从严掌握（可信度A，末日之计算系推论）"
NOT_DUE_DISPUTE = "申请简易注销须承诺已结清社会保险费用（市场主体登记管理条例33，可信度A）；已核定、未到缴费期限的，也按应当结清掌握，提出异议（系推论，可信度R）"
LIQUIDATION_DISPUTE = "清算期间公司存续（公司法236(3)，可信度A），未见中止征缴、执行的规定，责令补缴、划拨、申请法院照常办理；申报债权期间清算组不得清偿（公司法235(3)，可信度A），此间的通知、划拨是否应待期满，法律未明文（可信度R），由法制机构掌握；社会保险费用先于税款和其他债务支付（公司法236(2)，可信度A）"
"""公司法 235(3) binds the group, which may pay no creditor while claims are declared; 企业破产法 19, which stays enforcement, has no like in
a liquidation outside the court."""
WINDOW_DISPUTE = "法院所定申报期限不在三十日至三个月之间（企业破产法45，可信度A），按其与法定最长期限中较早之日掌握"

"""The documents of the road after a notice: what the law wants each to say, and that the title is the one in the inventory."""

import pytest

from schemas.document_terms import DemandPurpose
from schemas.documents import DOCUMENT_TITLES_ZH, DocumentKind, DocumentRequested
from services.documents.typesetting import Typesetter
from tests.services.documents.samples import (
    EVERY_KIND,
    NUMBER,
    UNIT,
    UNIT_NAME,
    agreement,
    agreement_on_the_principal,
    application_for,
    claim,
    demand,
    demand_before_the_court,
    demand_of_the_department,
    set_as_asked,
    texts,
    transfer_application,
    transfer_decision,
)

AFTER_THE_NOTICE = f"2026年11月20日作出《社会保险费限期补缴通知书》（{NUMBER}），于2026年11月23日送达"
WHOLE = "（大写）贰仟零肆拾元整（￥2,040.00）"


def without_pages(pages: list[str], number: str) -> str:
    """The text without the foot of each page."""
    return "".join(page.partition(f"{number}第")[0] for page in pages)


def test_every_kind_has_a_sample_and_bears_its_title(typesetter: Typesetter) -> None:
    first_pages = {kind: texts(set_as_asked(typesetter, request).pdf)[0] for kind, request in EVERY_KIND.items()}

    assert set(DocumentKind) == set(first_pages) == set(DOCUMENT_TITLES_ZH)
    assert [] == [kind for kind, page in first_pages.items() if f"{DOCUMENT_TITLES_ZH[kind]}文社" not in page]


@pytest.mark.parametrize(
    ("purpose", "basis", "consequence"),
    [
        (DemandPurpose.TRANSFER, "第三十五条的规定，现催告如下", "作出划拨社会保险费的决定，书面通知"),
        (DemandPurpose.COURT, "第五十三条、第五十四条的规定，现催告如下", "本催告书送达十日后你单位仍未履行义务的"),
    ],
)
def test_a_demand_says_term_amount_way_and_the_right_to_be_heard(
    typesetter: Typesetter, purpose: DemandPurpose, basis: str, consequence: str
) -> None:
    """行政强制法 35: 履行期限；履行方式；明确的金额和给付方式；陈述权和申辩权."""
    pages = texts(set_as_asked(typesetter, demand(purpose)).pdf)
    told = without_pages(pages, "文社催〔2026〕3号")

    for part in (
        AFTER_THE_NOTICE,
        basis,
        WHOLE,
        "自收到本催告书之日起10个工作日内",
        "登录电子税务局（社会保险费）自行缴纳。",
        "陈述权和申辩权，可以自收到本催告书之日起3个工作日内",
        consequence,
        "（印章）2026年12月21日",
    ):
        assert part in told, part
    assert "送达回证" in pages[-1]


def test_an_application_for_transfer_has_the_five_things_of_the_decree(typesetter: Typesetter) -> None:
    """令20号 18: the unit; its accounts; facts, reasons and basis; the amount; other material. Numbers of accounts stay blank."""
    told = without_pages(texts(set_as_asked(typesetter, transfer_application()).pdf), "文社划申〔2026〕1号")

    for part in (
        "威海市文登区人力资源和社会保障局：",
        f"单位名称{UNIT_NAME}统一社会信用代码{UNIT}",
        "法定代表人（负责人）联系方式",
        f"1示例银行威海文登支行{UNIT_NAME}2示例农商银行龙山支行{UNIT_NAME}",
        AFTER_THE_NOTICE,
        "第六十三条第二款，《社会保险费申报缴纳管理规定》第十六条至第十九条",
        WHOLE,
        "1.《社会保险费限期补缴通知书》及送达回证2.存款账户查询结果3.社会保险费欠缴明细表",
    ):
        assert part in told, part


def test_an_agreement_says_every_part_its_day_and_what_secures_it(typesetter: Typesetter) -> None:
    told = without_pages(texts(set_as_asked(typesetter, agreement()).pdf), "文社延〔2026〕1号")

    for part in (
        "甲方（社会保险费征收机构）：威海市文登区社会保险服务中心乙方（用人单位）：威海示例机械有限公司",
        WHOLE,
        "分2期缴清",
        "12027年1月29日1,000.0022027年2月26日1,040.00合计2,040.00",
        "以抵押方式提供担保：机器设备一批（抵押清单见合同），担保合同文社抵〔2026〕1号",
        "免收缓缴期间的滞纳金",
        "任何一期未按时足额缴纳的",
    ):
        assert part in told, part


def test_a_claim_is_declared_without_what_need_not_be(typesetter: Typesetter) -> None:
    """2,000 yuan, 800 of them for individual accounts: 1,200 and 40 of late fee are declared."""
    told = without_pages(texts(set_as_asked(typesetter, claim()).pdf), "文社债申〔2026〕1号")

    for part in (
        "山东示例律师事务所（管理人）：",
        "威海市文登区人民法院于2026年11月20日裁定受理威海示例机械有限公司",
        "案号（2026）鲁1003破1号，债权申报期限至2027年1月20日",
        "以外的部分）1,200.00企业破产法第一百一十三条第一款第二项",
        "滞纳金（计至受理破产申请之日）40.00普通破产债权",
        "申报合计1,240.00",
        "基本医疗保险费用800.00",
        "不必申报",
        "申报合计人民币（大写）壹仟贰佰肆拾元整",
    ):
        assert part in told, part


def test_the_department_that_decides_demands_in_its_own_name(typesetter: Typesetter) -> None:
    """行政强制法 35: who decides demands; the notice was another's, and 2,000 yuan of 2,040 would be transferred."""
    request = demand_of_the_department()
    told = without_pages(texts(set_as_asked(typesetter, request).pdf), request.document_number)

    for part in (
        "威海市文登区社会保险服务中心于2026年11月20日作出《社会保险费限期补缴通知书》",
        "其中申请划拨的数额为人民币（大写）贰仟元整（￥2,000.00）",
        "自收到本催告书之日起3个工作日内",
        "第三十七条的规定，作出划拨社会保险费的决定，书面通知你单位的开户银行",
    ):
        assert part in told, part


@pytest.mark.parametrize(
    ("request_of", "amount"),
    [
        (
            demand_before_the_court(),
            "其中本催告书催告缴纳、逾期将申请人民法院强制执行的数额为人民币（大写）贰仟元整（￥2,000.00）",
        ),
        (demand_of_the_department(template_version=3), "其中申请划拨的数额为人民币（大写）贰仟元整（￥2,000.00）"),
    ],
)
def test_a_demand_says_the_amount_it_is_for_and_not_only_what_is_owed(
    typesetter: Typesetter, request_of: DocumentRequested, amount: str
) -> None:
    """行政强制法 35(三): 明确的金额; 2,040 yuan are owed, 2,000 demanded."""
    told = without_pages(texts(set_as_asked(typesetter, request_of).pdf), request_of.document_number)

    assert amount in told


def test_a_decision_says_why_on_what_how_much_and_what_may_be_done_against_it(typesetter: Typesetter) -> None:
    """行政强制法 37(2)."""
    request = transfer_decision()
    told = without_pages(texts(set_as_asked(typesetter, request).pdf), request.document_number)

    for part in (
        "本机关于2026年12月7日送达《催告书》（文社人社催〔2026〕3号），履行期限至2026年12月10日。期限届满",
        "《中华人民共和国行政强制法》第三十七条、第四十七条",
        "划拨社会保险费人民币（大写）贰仟元整（￥2,000.00）",
        "1示例银行威海文登支行",
        "60日内向威海市文登区人民政府申请行政复议",
        "威海市文登区人力资源和社会保障局（印章）2026年12月21日",
    ):
        assert part in told, part


def test_an_agreement_on_the_principal_leaves_the_late_fee_beside_it(typesetter: Typesetter) -> None:
    request = agreement_on_the_principal()
    told = without_pages(texts(set_as_asked(typesetter, request).pdf), request.document_number)

    for part in ("分2期缴清前条所列本金", "合计2,000.00", "已经产生的滞纳金不在前条的分期之内，由乙方另行缴纳"):
        assert part in told, part


def test_an_application_asks_for_its_own_amount(typesetter: Typesetter) -> None:
    request = application_for()
    told = without_pages(texts(set_as_asked(typesetter, request).pdf), request.document_number)

    assert "申请划拨人民币（大写）贰仟元整（￥2,000.00）" in told
    assert "欠缴本金人民币2,000.00元" in told

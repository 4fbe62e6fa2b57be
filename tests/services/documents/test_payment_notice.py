"""社会保险费限期补缴通知书: what its reader finds, and that what is in it is only ever text."""

from datetime import date

import pytest

from schemas.document_terms import LateFeeRate, NoticeGround
from schemas.vocabulary import AMOUNT_FEN_MAX, Insurance
from services.documents.content import content_of
from services.documents.typesetting import CannotSet, Typesetter
from tests.services.documents.samples import NUMBER, TERMS, UNIT, UNIT_NAME, line, notice, owed, set_as_asked, texts


def test_it_says_what_the_law_wants_it_to_say(typesetter: Typesetter) -> None:
    """One line of 1,000 yuan; 0.05% a day of it are 0.50 yuan."""
    pages = texts(set_as_asked(typesetter, notice(unit_address="威海市文登区示例路1号")).pdf)
    told = "".join(pages[:2])

    for part in (
        "威海市文登区社会保险服务中心社会保险费限期补缴通知书文社险限缴〔2026〕12号",
        f"{UNIT_NAME}：统一社会信用代码：{UNIT}；住所：威海市文登区示例路1号。",
        "经查，你单位申报后未按时足额缴纳社会保险费。本机关于2026年11月18日查明：费款所属期2026年1月，",
        "欠缴养老保险费共1条",
        "本金合计人民币（大写）壹仟元整（￥1,000.00）",
        "第六十三条第一款、第八十六条和《社会保险费申报缴纳管理规定》第十六条",
        "自收到本通知书之日起5个工作日内（收到当日不计入）",
        "按日加收万分之五。计至2026年11月20日，滞纳金合计人民币（大写）贰拾元整（￥20.00）",
        "每日增加0.50元",
        "不得要求职工承担",
        "登录电子税务局（社会保险费）自行缴纳。",
        "到办税服务厅缴纳；转账请注明单位名称和费款所属期。",
        "查询你单位存款账户",
        "签订延期缴费协议",
        "申请人民法院扣押、查封、拍卖",
        "处欠缴数额一倍以上三倍以下的罚款",
        "60日内向威海市文登区人民政府申请行政复议",
        "6个月内向威海市文登区人民法院提起行政诉讼",
        "承办：征缴岗位；地址：威海市文登区示例路2号；电话：0631-12333。",
        "威海市文登区社会保险服务中心（印章）2026年11月20日",
    ):
        assert part in told, part


def test_the_last_page_is_the_receipt_of_service(typesetter: Typesetter) -> None:
    made = set_as_asked(typesetter, notice())
    pages = texts(made.pdf)

    assert len(pages) == made.page_count == 4
    assert "送达回证" in pages[-1]
    assert f"《社会保险费限期补缴通知书》文号{NUMBER}受送达单位{UNIT_NAME}" in pages[-1]
    assert "留置送达" in pages[-1]
    assert f"{NUMBER}第4页共4页" in pages[-1]


@pytest.mark.parametrize(
    ("ground", "words"),
    [
        (NoticeGround.NOT_DECLARED, "未按规定申报且未缴纳社会保险费"),
        (NoticeGround.NOT_PAID, "申报后未按时足额缴纳社会保险费"),
        (NoticeGround.UNDER_REPORTED, "因瞒报、漏报职工人数、缴费基数等事项而少缴社会保险费"),
    ],
)
def test_each_ground_is_in_the_words_of_the_decree(typesetter: Typesetter, ground: NoticeGround, words: str) -> None:
    terms = TERMS.model_copy(update={"grounds": (ground,)})

    assert f"经查，你单位{words}。" in texts(set_as_asked(typesetter, notice(payment_notice=terms)).pdf)[0]


def test_two_rates_are_told_with_their_days(typesetter: Typesetter) -> None:
    rates = (
        LateFeeRate(ten_thousandths=20, until_on=date(2011, 6, 30), paragraph="社会保险费征缴暂行条例 13"),
        LateFeeRate(ten_thousandths=5, from_on=date(2011, 7, 1), paragraph="社会保险法 86"),
    )
    pages = texts(set_as_asked(typesetter, notice(owed=owed([line()], rates=rates))).pdf)

    assert "至2011年6月30日按日加收千分之二，2011年7月1日起按日加收万分之五。" in pages[0]


def test_the_basis_in_law_may_be_the_askers(typesetter: Typesetter) -> None:
    terms = TERMS.model_copy(update={"legal_basis": ("《甲法》第一条", "《乙规定》第二条")})
    pages = texts(set_as_asked(typesetter, notice(payment_notice=terms)).pdf)

    assert "根据《甲法》第一条、《乙规定》第二条的规定，现通知如下" in pages[0]


def test_two_hundred_lines_go_over_pages_each_with_the_head_of_the_table(typesetter: Typesetter) -> None:
    kinds = list(Insurance)
    lines = [line(number // 5, insurance=kinds[number % 5]) for number in range(200)]
    made = set_as_asked(typesetter, notice(*lines))
    table = texts(made.pdf)[2:-1]

    assert [True] * len(table) == ["序号险种费款所属期缴费期限应缴额已缴额欠缴额滞纳金" in page for page in table]
    assert len(table) > 3
    assert "200生育2029-042029-04-261,000.000.001,000.0020.00合计（200条）200,000.000.00200,000.004,000.00" in table[-1]


def test_the_parts_of_unit_and_employees_get_columns_where_they_are_known(typesetter: Typesetter) -> None:
    known = line(base_fen=416_667, unit_part_fen=66_667, employee_part_fen=33_333)
    table = texts(set_as_asked(typesetter, notice(known, line(1))).pdf)[2]

    assert "缴费基数单位应缴个人应缴应缴额" in table
    assert "1养老2026-012026-01-264,166.67666.67333.331,000.00" in table
    assert "2养老2026-022026-02-26———1,000.00" in table


def test_the_largest_amounts_are_written_whole(typesetter: Typesetter) -> None:
    largest = {
        "due_fen": AMOUNT_FEN_MAX,
        "owed_fen": AMOUNT_FEN_MAX,
        "late_fee_fen": AMOUNT_FEN_MAX,
        "base_fen": AMOUNT_FEN_MAX,
        "unit_part_fen": AMOUNT_FEN_MAX - 1,
        "employee_part_fen": 1,
    }
    pages = texts(set_as_asked(typesetter, notice(*(line(number, **largest) for number in range(60)))).pdf)

    assert "（大写）陆仟亿元整（￥600,000,000,000.00）" in pages[0]
    assert "合计（60条）600,000,000,000.000.00600,000,000,000.00600,000,000,000.00" in pages[-2]


MARKUP = '威海#strong[甲]*乙*_丙_ $x^2$ <丁> @戊 // 己 /* 庚 */ `辛` \\n #include("/etc/passwd") = 壬 ] [ " \' %{}'


def test_markup_in_a_name_stands_there_as_it_is(typesetter: Typesetter) -> None:
    request = notice(unit_name=MARKUP, unit_address=MARKUP, remarks=(MARKUP,), document_number="#[12]*号*")
    pages = texts(set_as_asked(typesetter, request).pdf)
    literal = "".join(MARKUP.split())

    assert f"{literal}：" in pages[0]
    assert f"住所：{literal}。" in pages[0]
    assert f"备注：{literal}" in "".join(pages)
    assert "#[12]*号*" in pages[0]


def test_a_long_word_is_broken_and_none_of_it_is_lost(typesetter: Typesetter) -> None:
    name = "ABCDEFGHIJ" * 20
    made = set_as_asked(typesetter, notice(unit_name=name))

    assert f"{name}：" in texts(made.pdf)[0].replace("\u200b", "")


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\n", "\u202e", "\ue000", "🀄"])
def test_what_cannot_be_printed_is_refused_rather_than_printed_as_a_box(typesetter: Typesetter, sign: str) -> None:
    with pytest.raises(CannotSet) as refused:
        set_as_asked(typesetter, notice(unit_name=f"威海{sign}公司"))

    assert "text-not-printable" == refused.value.code


def test_a_template_that_is_not_here_is_refused(typesetter: Typesetter) -> None:
    with pytest.raises(CannotSet) as refused:
        set_as_asked(typesetter, notice(template_version=999))

    assert "template-unknown" == refused.value.code


def test_the_document_is_made_to_be_kept(typesetter: Typesetter) -> None:
    """Dated by its own date, of its office, and of the standards for archives and for reading aloud."""
    request = notice()
    pdf = typesetter.set_document(request.kind, 1, content_of(request)).pdf

    for mark in (b"pdfaid:part>2<", b"pdfaid:conformance>A<", b"pdfuaid:part>1<", b"2026-11-20"):
        assert mark in pdf, mark

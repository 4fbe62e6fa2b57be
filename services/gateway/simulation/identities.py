"""Codes, numbers, names and contacts that pass every check and belong to nobody.

Unit codes carry an organisation code that begins with `YY`, which is never given out; citizen numbers end their
serial in `000`, which is not given out either; telephones begin with a zero after the area code; mail addresses
lie under `.example` (RFC 2606).
"""

from datetime import date
from random import Random

from stdnum.cn import ric, uscc

from schemas.vocabulary import District

REGION_OF_DISTRICT = {
    District.HUANCUI: "371002",
    District.WENDENG: "371003",
    District.GAOQU: "371002",
    District.JINGQU: "371002",
    District.LINGANG: "371002",
    District.RONGCHENG: "371082",
    District.RUSHAN: "371083",
}
"""Administrative code in numbers issued to people and units there: the development zones issue under 环翠区."""
OLD_WENDENG = "371081"
"""文登市, as cards issued before 2014 have it."""

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OLD_CARDS_BORN_BEFORE = 1995

_PLACES = {
    District.HUANCUI: ("环翠", "威海"),
    District.WENDENG: ("文登", "昆嵛"),
    District.GAOQU: ("高区", "威海"),
    District.JINGQU: ("经区", "威海"),
    District.LINGANG: ("临港", "威海"),
    District.RONGCHENG: ("荣成", "石岛"),
    District.RUSHAN: ("乳山", "银滩"),
}
_FIRST = "晟 瀚 澜 宸 霁 翊 霖 珩 沅 澈 骁 烨 昶 湛 睿 濠 屿 潇 熠 岚".split()
_SECOND = "泊 屹 棠 衡 楷 苑 钧 砺 舟 穗 垣 逸 洲 岳 麓 汐 渚 航 垚 樾".split()
_TRADES = (
    ("海产品加工", "seasonal"),
    ("渔具制造", "steady"),
    ("远洋渔业", "seasonal"),
    ("旅行社", "seasonal"),
    ("酒店管理", "seasonal"),
    ("机械制造", "steady"),
    ("服装纺织", "steady"),
    ("医用制品", "steady"),
    ("建筑工程", "seasonal"),
    ("物流运输", "steady"),
    ("电子科技", "steady"),
    ("食品", "steady"),
    ("果蔬种植", "seasonal"),
    ("物业服务", "steady"),
    ("商贸", "steady"),
    ("船舶修造", "steady"),
)
_SURNAMES = "王 李 张 刘 于 孙 丛 毕 鞠 宋 姜 曲 邹 徐 慈 苗".split()
_GIVEN = "海 晓 文 玉 建 春 丽 志 淑 明 秀 立 永 红 国 桂".split()


def unit_code(random: Random, district: District, used: set[str]) -> str:
    """A unified social credit code (GB 32100, with the GB 11714 check inside) not in `used`; it is added there."""
    while True:
        body = "YY" + "".join(random.choices(_ALPHABET, k=6))
        number = f"91{REGION_OF_DISTRICT[district]}{body}{_organisation_check(body)}"
        code = number + str(uscc.calc_check_digit(number))
        if code not in used:
            used.add(code)
            return code


def citizen_number(random: Random, district: District, used: set[str]) -> str:
    """A citizen number (GB 11643) of somebody of working age, not in `used`; it is added there."""
    while True:
        birth = date(random.randint(1964, 2004), random.randint(1, 12), random.randint(1, 28))
        region = REGION_OF_DISTRICT[district]
        if district is District.WENDENG and birth.year < _OLD_CARDS_BORN_BEFORE:
            region = OLD_WENDENG
        number = f"{region}{birth:%Y%m%d}000"
        number += str(ric.calc_check_digit(number + "0"))
        if number not in used:
            used.add(number)
            return number


def unit_name(random: Random, district: District, used: set[str]) -> tuple[str, bool]:
    """A name like those of the district's companies, not in `used`, and whether the trade is seasonal."""
    while True:
        trade, kind = random.choice(_TRADES)
        place = random.choice(_PLACES[district])
        name = f"{place}{random.choice(_FIRST)}{random.choice(_SECOND)}{trade}有限公司"
        if name not in used:
            used.add(name)
            return name, kind == "seasonal"


def person_name(random: Random) -> str:
    """A name."""
    return random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=random.choice((1, 2))))


def telephone(random: Random) -> str:
    """A telephone number that no exchange gives out."""
    return f"0631-0{random.randrange(10**6):06d}"


def mail_address(number: int) -> str:
    """A mail address of the `number`th unit or person."""
    return f"caiwu{number:04d}@unit.example"


def card_number(random: Random) -> str:
    """A card number; `W0` is given to no card."""
    return f"W0{random.randrange(10**7):07d}"


def _organisation_check(body: str) -> str:
    """GB 11714: letters count from A = 10."""
    total = sum(weight * int(mark, 36) for weight, mark in zip(_ORGANISATION_WEIGHTS, body, strict=True))
    rest = 11 - total % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)  # noqa: PLR2004 — the standard's two exceptions

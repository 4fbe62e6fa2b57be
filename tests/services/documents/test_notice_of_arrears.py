"""The notice that the arrears service asks for, as it is made out: what is asked can be set, and says what was decided."""

from services.documents.typesetting import Typesetter
from tests.services.arrears.test_notice_document import asked, issued
from tests.services.documents.samples import set_as_asked, texts


def test_a_notice_as_arrears_asks_for_it_is_set(typesetter: Typesetter) -> None:
    """1,000 yuan due on 15 December 2023, with 12.50 yuan of late fee to 9 January 2024."""
    made = set_as_asked(typesetter, asked(issued()))
    told = "".join(texts(made.pdf))

    for part in (
        "威文税社限补〔2024〕1号",
        "（大写）壹仟元整（￥1,000.00）",
        "壹拾贰元伍角（￥12.50）",
        "每日增加0.50元",
    ):
        assert part in told, part

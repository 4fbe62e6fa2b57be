"""How long notices take to be made out: `python -m benchmarks.notices [count]`.

The real maker over a folder: content, PDF, hash, forced to the disk, number taken. Two at once, as a worker does it; each for
another unit, with other amounts and from 1 to 60 lines.
"""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from stdnum.cn import uscc

from schemas.document_terms import (
    DocumentLine,
    IssuingOffice,
    LateFeeRate,
    NoticeGround,
    OwedAmounts,
    PaymentNoticeTerms,
    Remedies,
)
from schemas.documents import DocumentKind, DocumentRequested
from schemas.vocabulary import Agency, District, Insurance
from services.documents.maker import DocumentMaker
from services.documents.store import FolderStore
from services.documents.typesetting import Typesetter
from services.runtime.effects import DONE

NOTICES = 1_000
AT_ONCE = 2
LINES_MAX = 60
DAY = date(2026, 11, 20)
OFFICE = IssuingOffice(name="文登区社会保险服务中心", desk="征缴岗位", address="威海市文登区", telephone="0631-12333")
TERMS = PaymentNoticeTerms(
    grounds=(NoticeGround.NOT_PAID,),
    found_on=DAY,
    term_working_days=5,
    payment_channels=("登录电子税务局自行缴纳", "到办税服务厅缴纳"),
    remedies=Remedies(
        reconsideration_authority="威海市文登区人民政府",
        reconsideration_days=60,
        court="威海市文登区人民法院",
        lawsuit_months=6,
    ),
)


class NotMadeOut(Exception):
    """A notice failed; there is no figure."""


class Rendered(NamedTuple):
    """What making out took."""

    notices: int
    seconds: float
    cpu_s: float
    pages: int
    byte_count: int
    rss_mib: float


def notice(number: int) -> DocumentRequested:
    """One notice, by its number."""
    body = f"91371003MA{number:07d}"
    lines = tuple(_line(number, place) for place in range(1 + number * 7 % LINES_MAX))
    principal_fen = sum(line.owed_fen for line in lines)
    return DocumentRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=DAY,
        effect_id=f"notice-{number}",
        unit_code=str(body + uscc.calc_check_digit(body)),
        unit_name=f"威海第{number}示例制造有限公司",
        kind=DocumentKind.PAYMENT_NOTICE,
        template_version=1,
        document_number=f"文社险限缴〔2026〕{number}号",
        dated_on=DAY,
        office=OFFICE,
        owed=OwedAmounts(
            lines=lines,
            principal_fen=principal_fen,
            late_fee_fen=sum(line.late_fee_fen for line in lines),
            late_fee_as_of=DAY,
            late_fee_growth_units=principal_fen * 5,
            rates=(LateFeeRate(ten_thousandths=5, paragraph="社会保险法 86"),),
        ),
        payment_notice=TERMS,
    )


def _line(number: int, place: int) -> DocumentLine:
    kinds = list(Insurance)
    month = date(2021 + place // 12, place % 12 + 1, 1)
    due_fen = 10_000 + number * 997 + place * 1_237
    return DocumentLine(
        insurance=kinds[place % len(kinds)],
        month=f"{month:%Y-%m}",
        due_fen=due_fen,
        paid_fen=0,
        owed_fen=due_fen,
        due_on=month + timedelta(days=45),
        late_fee_fen=due_fen // 4,
    )


async def measured(count: int = NOTICES) -> Rendered:
    """Make so many notices out into an empty store; NotMadeOut where one was not."""
    requests = [notice(number) for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory() as folder:
        began, began_cpu = time.perf_counter(), time.process_time()
        maker = DocumentMaker(Typesetter(), FolderStore(Path(folder)), AT_ONCE)
        attempts = await asyncio.gather(*map(maker.attempt, requests))
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
        await maker.close()
    failed = [attempt for attempt in attempts if attempt.outcome != DONE]
    if failed:
        raise NotMadeOut(f"{len(failed)} of {count} notices were not made out: {failed[0].detail_code}")
    told = [attempt.receipt.split(";") for attempt in attempts]
    return Rendered(
        count,
        seconds,
        cpu_s,
        sum(int(pages) for _, _, pages, _ in told),
        sum(int(size) for _, size, _, _ in told),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def main() -> None:
    """Run it alone."""
    done = asyncio.run(measured(int(sys.argv[1]) if len(sys.argv) > 1 else NOTICES))
    print(
        f"{done.notices:,} notices, {done.pages:,} pages, {done.byte_count / 2**20:,.0f} MiB: {done.seconds:.1f} s"
        f" ({done.cpu_s:.1f} s of CPU), {done.rss_mib:.0f} MiB at most"
    )


if __name__ == "__main__":
    main()

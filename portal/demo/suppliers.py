"""What the made-up company's suppliers supply, how they were found at their last evaluation, and their credit codes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from portal.lib.credit_code import SIGNS, check_digit

YEAR = 365  # days that the demo's people work through
# what a supplier supplies | score of the last evaluation | days from the end of that year to the next one,
# a supplier a line in the market's order
FOUND = """
角钢、槽钢、工字钢、螺纹钢 | 92.5 | 140
PPR 管、UPVC 管、管件阀门 | 88.0 | 25
电线电缆、断路器、配电箱 | 90.3 | 210
液压油缸、齿轮泵、电磁阀 | 86.8 | 75
高强螺栓、标准紧固件 | 84.5 | 12
O 型圈、液压胶管、密封胶 | 81.3 | 300
图书、期刊 | 93.0 | 180
深沟球轴承、回转支承 | 89.5 | 96
乳胶漆、防水涂料、瓷砖胶 | 83.8 | 240
铸件、制动片 | 78.5 | -6
水泥、石膏板 | 87.0 | 330
低压电器、接触器、桥架 | 85.3 | 54
安全帽、安全带、劳保鞋 | 72.0 | 66
小五金、日用工具 | 70.5 | 18
焊材、焊接面罩 | 61.0 | 0
"""


def found(place: int, today: date) -> dict[str, Any]:
    """Goods, score and next evaluation of the supplier at a place of the market's list; a suspended one has none."""
    supplied, score, left = (part.strip() for part in FOUND.strip().splitlines()[place].split("|"))
    following = today + timedelta(days=YEAR + int(left)) if int(left) else None
    return {"goods": supplied, "score": Decimal(score), "next_evaluation_on": following}


def credit_code(name: str) -> str:
    """A credit code with a right check digit, the same for the same name."""
    number, signs = crc32(name.encode()), ""
    for _place in range(6):
        number, rest = divmod(number, len(SIGNS))
        signs += SIGNS[rest]
    first = f"91330500MA2{signs}"
    return first + check_digit(first)

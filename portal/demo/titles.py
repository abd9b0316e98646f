"""Books of the made-up company's shop, one a line; their numbers are made up too, though they add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# ISBN | title | author | publisher | class | shelf | list price
TITLES = """
9787112263103 | 《建筑施工手册》第五版 | 本书编委会 | 中国建筑工业出版社 | TU7-62 | A1-1 | 186.00
9787111244783 | 《机械设计手册》 | 成大先 | 机械工业出版社 | TH122-62 | B1-1 | 238.00
9787512306523 | 《电气工程师手册》 | 王兆安 | 中国电力出版社 | TM-62 | B2-1 | 168.00
9787112188277 | 《建筑工程质量验收标准汇编》 | 标准编写组 | 中国建筑工业出版社 | TU711-65 | A1-2 | 128.00
9787115428028 | 《Python 编程：从入门到实践》 | 埃里克·马瑟斯 | 人民邮电出版社 | TP311.561 | C1-1 | 89.80
9787020002207 | 《红楼梦》 | 曹雪芹 | 人民文学出版社 | I242.47 | D1-1 | 59.70
9787112273157 | 《混凝土结构施工图识读》 | 上官子昌 | 中国建筑工业出版社 | TU755 | A1-3 | 46.00
9787112290482 | 《装配式建筑概论》 | 郭学明 | 中国建筑工业出版社 | TU3 | A2-1 | 58.00
9787112255214 | 《建筑工程造价入门》 | 张建平 | 中国建筑工业出版社 | TU723.3 | A2-2 | 49.80
9787112311668 | 《施工现场安全管理图册》 | 李云峰 | 中国建筑工业出版社 | TU714-64 | A2-3 | 68.00
9787111620396 | 《液压与气压传动》 | 左健民 | 机械工业出版社 | TH137 | B1-2 | 55.00
9787111712541 | 《焊接技术手册》 | 王国凡 | 机械工业出版社 | TG4-62 | B1-3 | 138.00
9787111599814 | 《数控加工工艺与编程》 | 杨丰 | 机械工业出版社 | TG659 | B1-4 | 52.00
9787519833107 | 《工厂供配电技术》 | 刘介才 | 中国电力出版社 | TM727.3 | B2-2 | 59.00
9787115566409 | 《计算机网络：自顶向下方法》 | 詹姆斯·库罗斯 | 人民邮电出版社 | TP393 | C1-2 | 99.00
9787302577133 | 《数据库系统概论实验》 | 王珊 | 清华大学出版社 | TP311.13-33 | C1-3 | 45.00
9787302604181 | 《项目管理：计划与控制》 | 戚安邦 | 清华大学出版社 | F224.5 | C2-1 | 69.00
9787302539209 | 《仓储与库存管理实务》 | 赵玉国 | 清华大学出版社 | F253 | C2-2 | 48.00
9787020133918 | 《围城》 | 钱锺书 | 人民文学出版社 | I246.5 | D1-2 | 39.00
9787020152056 | 《平凡的世界》 | 路遥 | 人民文学出版社 | I247.57 | D1-3 | 108.00
9787508694269 | 《简明中国通史》 | 吕振羽 | 中信出版社 | K20 | D2-1 | 78.00
9787544281072 | 《少年读史记》 | 张嘉骅 | 南海出版公司 | K204.2-49 | D2-2 | 88.00
"""


@dataclass(frozen=True, slots=True)
class Title:
    """A book as it is printed and catalogued."""

    isbn: str
    name: str
    author: str
    publisher: str
    class_no: str
    shelf: str
    price: Decimal

    @property
    def facts(self) -> dict[str, Any]:
        """What the warehouse keeps of it."""
        names = ("isbn", "author", "publisher", "class_no", "shelf")
        return {**{name: getattr(self, name) for name in names}, "price": str(self.price)}


def titles() -> list[Title]:
    """All of them; the first ones lie in the shop when the books are opened."""
    lines = ([part.strip() for part in line.split("|")] for line in TITLES.strip().splitlines())
    return [
        Title(isbn, name, author, publisher, class_no, shelf, Decimal(price))
        for isbn, name, author, publisher, class_no, shelf, price in lines
    ]


def named(name: str) -> Title | None:
    """The book with this title."""
    return next((one for one in titles() if one.name == name), None)

"""Names, places and numbers that the stories of customer service draw upon."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.demo.story import World

CITIES = {
    "浙江省宁波市": "0574",
    "江苏省苏州市": "0512",
    "山东省青岛市": "0532",
    "湖北省武汉市": "027",
    "四川省成都市": "028",
    "广东省佛山市": "0757",
    "河南省郑州市": "0371",
    "安徽省合肥市": "0551",
}
STREETS = ("人民路", "建设大道", "创业园三路", "临江东路", "工业一路", "科技大道")
BRANDS = ("恒远", "瑞丰", "华诚", "金桥", "东屹", "鑫海", "众合", "天工", "博信", "远大")
TRADES = {
    "company": ("重工机械有限公司", "新型建材有限公司", "路桥工程有限公司", "钢结构有限公司"),
    "dealer": ("工程机械销售有限公司", "机电设备经营部", "建材贸易有限公司"),
}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林"
GIVEN = ("建国", "丽华", "志强", "晓燕", "海涛", "文静", "国栋", "雪梅", "俊杰", "秀英", "立新", "佳怡")


def moment(world: World, minutes: int = 0) -> datetime:
    """So many minutes ago, to the minute."""
    return (world.now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def human(world: World) -> str:
    """A Chinese name."""
    return world.rng.choice(SURNAMES) + world.rng.choice(GIVEN)


def mobile(world: World) -> str:
    """A mobile number."""
    return world.rng.choice(("138", "139", "150", "186", "177")) + f"{world.rng.randrange(10**8):08d}"


def customer_name(world: World, kind: str, city: str) -> str:
    """A company or a person of a city."""
    if kind in TRADES:
        town = city[-3:-1]
        return town + world.rng.choice(BRANDS) + world.rng.choice(BRANDS)[0] + world.rng.choice(TRADES[kind])
    return human(world)

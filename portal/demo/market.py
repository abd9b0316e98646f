"""Whom the made-up company works with: customers, suppliers, projects and products, one a line."""

from __future__ import annotations

REGIONS = {"湖州": "0572", "嘉兴": "0573", "杭州": "0571", "苏州": "0512", "宁波": "0574", "合肥": "0551"}
STATUSES = ("cooperating",) * 7 + ("new", "not_cooperating", "prospect")

# name, kind, region, contact
CUSTOMERS = """
湖州泰和物业有限公司 company 湖州 钱卫红
浙江恒远路桥工程有限公司 company 杭州 石磊
嘉兴瑞丰钢结构有限公司 company 嘉兴 诸葛卫东
苏州东屹新型建材有限公司 company 苏州 陆雪梅
宁波众合混凝土有限公司 company 宁波 柴建军
合肥天工机械租赁有限公司 company 合肥 伍国强
杭州博信房地产开发有限公司 company 杭州 夏侯晓婷
湖州南浔区城市建设投资有限公司 company 湖州 蔡永康
长兴县第二中学 owner 湖州 俞志刚
安吉竹海酒店管理有限公司 company 湖州 颜晓玉
德清莫干山民宿联合社 company 湖州 温建良
嘉兴港区管理委员会 owner 嘉兴 祝文斌
平湖金桥仓储物流有限公司 company 嘉兴 阮国良
海宁皮革城物业管理处 owner 嘉兴 骆彬
桐乡市人民医院 owner 嘉兴 凌晓峰
苏州工业园区创业投资中心 company 苏州 虞敏
吴江盛泽纺织印染有限公司 company 苏州 屈建军
昆山华诚电子有限公司 company 苏州 佟莉
常熟远大汽车销售有限公司 dealer 苏州 戚建明
张家港保税区鑫海贸易有限公司 dealer 苏州 应彩霞
杭州萧山临江建材市场有限公司 dealer 杭州 裘国平
余杭未来科技城管委会 owner 杭州 褚伟良
富阳造纸集团有限公司 company 杭州 甘晓露
临安太湖源旅游开发有限公司 company 杭州 席芸
宁波北仑港机设备有限公司 company 宁波 柯海波
慈溪家电产业园有限公司 company 宁波 麦志冬
余姚模具城经营管理有限公司 company 宁波 水建华
奉化滨海新区建设管理中心 owner 宁波 池丽娜
宁波鄞州机电设备经营部 dealer 宁波 焦玉民
合肥经开区重工机械有限公司 company 合肥 鲍建安
安徽皖江水泥制品有限公司 company 合肥 车晓东
肥西县新农村建设办公室 owner 合肥 童志荣
巢湖市水利工程处 owner 合肥 穆小青
合肥滨湖工程机械销售有限公司 dealer 合肥 项小龙
沈玥 individual 湖州 沈玥
赵赟 individual 杭州 赵赟
曾大伟 individual 嘉兴 曾大伟
仇和平 individual 苏州 仇和平
湖州织里童装城有限公司 company 湖州 单春芳
安吉云峰经销部 dealer 湖州 施云峰
"""

# name, contact, status
SUPPLIERS = """
浙北钢材供应有限公司 费建国 approved
德清恒通管业有限公司 闵华 approved
苏州正泰电气销售有限公司 翁建和 approved
宁波海天液压件厂 乐家明 approved
嘉兴佳利紧固件有限公司 臧天成 approved
杭州中策橡胶密封件有限公司 宁小静 approved
湖州新华书店图书批发部 鲁燕 approved
上海申科轴承贸易有限公司 于建和 approved
常州大地涂料有限公司 郎一平 approved
无锡华东铸造有限公司 解东生 approved
安徽皖南水泥有限公司 雷佳明 approved
温州人民低压电器厂 倪红兵 approved
杭州劳保用品供应站 尤建勇 trial
义乌小商品五金批发行 巩丽华 trial
浙江金鼎焊材有限公司 边疆 suspended
"""

# name, kind, place
PROJECTS = """
泰和写字楼装修工程 works 湖州市吴兴区天元街18号
长兴二中实验楼改造 works 长兴县雉城街道学府路6号
竹海酒店客房翻新 works 安吉县天荒坪镇
桐乡医院门诊楼加固 works 桐乡市梧桐街道
海宁皮革城中庭吊顶 works 海宁市海州西路
太湖源游客中心 works 临安区太湖源镇
织里童装城消防改造 works 湖州市织里镇
博信云栖里样板间 works 杭州市西湖区转塘街道
泰和物业官网 web 湖州
莫干山民宿预订平台 web 德清
慈溪家电城商城 web 宁波
未来科技城门户改版 web 杭州
小型液压升降机HS-500 product 湖州
电动巡检车二代 product 湖州
全屋新风机组X3 product 湖州
折叠脚手架轻量化 product 湖州
西塞山路延伸段 permit 湖州市吴兴区
临江东路拓宽 permit 杭州市萧山区
南浔城投人才公寓 permit 湖州市南浔区
滨海新区综合管廊 permit 宁波市奉化区
"""

PRODUCT_PLACE = "E-01"

# name, model, line, unit, price, months of warranty, quantity in stock (0: made to order)
PRODUCTS = """
小型液压升降机HS-300 HS-300 升降设备 台 38600 12 8
小型液压升降机HS-500 HS-500 升降设备 台 52800 12 5
电动巡检车DX-2 DX-2 车辆 台 26800 12 10
混凝土搅拌运输车JB-10 JB-10 车辆 辆 436000 24 2
塔式起重机QTZ-63 QTZ-63 起重机械 台 398000 24 1
施工升降机SC-200 SC-200 起重机械 台 216000 24 2
新风机组X2 X2 暖通设备 台 18600 24 16
中央空调末端风机盘管FP-68 FP-68 暖通设备 台 1280 24 240
钢结构箱形柱GX-600 GX-600 钢结构 吨 9600 12 60
折叠脚手架ZJ-18 ZJ-18 施工机具 套 5600 12 40
旋挖钻机XR-220 XR-220 施工机具 台 1980000 24 0
建筑机电图书套装TS-01 TS-01 图书 套 680 0 80
"""
FEW_PRODUCTS = """
小型液压升降机 HS-300 升降设备 台 38600 12 6
电动巡检车 DX-2 车辆 台 26800 12 0
"""

TEAMS = {
    "works": ("foreman", "site_supervisor", "designer", "engineering_manager", "salesperson"),
    "web": ("designer", "programmer", "project_manager", "salesperson"),
    "product": ("rd_engineer", "production_engineer", "quality_inspector", "rd_manager"),
    "permit": ("planning_officer", "planning_manager", "land_development_manager"),
}


def table(text: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in text.strip().splitlines()]

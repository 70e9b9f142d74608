"""The city's industries: GB/T 4754 codes, IPC and LOC classes, Nice classes, and the words of their products."""

# ruff: noqa: E501 - tables: an entry reads best on its own lines

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Industry:
    """A cluster or trade: what its firms are called, what they invent and how that is classified."""

    key: str
    codes: tuple[str, ...]  # GB/T 4754-2017, four digits
    nice: tuple[int, ...]
    ipc: tuple[str, ...]
    loc: tuple[str, ...]
    trades: tuple[str, ...]  # the product part of a firm's name
    products: tuple[str, ...]


def _industry(key: str, codes: str, nice: tuple[int, ...], ipc: str, loc: str, trades: str, products: str) -> Industry:
    return Industry(key, tuple(codes.split()), nice, tuple(ipc.split()), tuple(loc.split()), tuple(trades.split()),
                    tuple(products.split()))  # fmt: skip


INDUSTRIES: tuple[Industry, ...] = (
    _industry("lighting", "3872 3872 3874 3871 3879", (11, 9, 35),
              "F21S8/00 F21S8/06 F21S9/03 F21V23/00 F21V29/70 F21K9/20 F21V21/092 F21V17/10 H05B45/10",
              "26-05 26-05 26-05 26-05 26-03 26-06", "照明 灯饰 照明电器 光电科技 灯饰照明 智能照明",
              "吊灯 台灯 壁灯 落地灯 吸顶灯 路灯 筒灯 灯臂 灯罩 投光灯 面板灯 灯串 庭院灯 轨道灯"),
    _industry("hardware", "3351 3389 3484 3311", (6, 8, 20),
              "F16B5/02 F16B12/10 B25B23/00 E05D5/02 B21D28/02 F16L3/08", "08-08 08-06 08-05 08-07",
              "五金制品 五金 金属制品 五金塑料", "拉手 合页 滑轨 支架 挂钩 门吸 五金连接件 晾衣架 脚轮 扳手"),
    _industry("locks", "3351", (6, 9), "E05B47/00 E05B17/20 E05B63/14 E05B65/06 E05B9/02", "08-07 08-06 10-05",
              "锁业 智能锁 锁具 安防科技", "锁芯 智能门锁 锁体 挂锁 抽屉锁 指纹锁 锁舌 玻璃门锁"),
    _industry("security", "3990 3914 3951", (9, 42), "G08B13/196 H04N7/18 G07C9/00 G08B17/10", "10-05 16-01 14-03",
              "安防科技 智能技术 电子科技", "监控摄像机 门禁控制器 烟雾报警器 可视门铃 巡检终端"),
    _industry("appliances", "3854 3856 3852 3853 3857", (11, 7, 21),
              "F24C15/20 A47J27/21 A47J31/44 F24F1/031 A47J37/06 A47J43/046 F24F13/20 F25B13/00 F24H9/18",
              "07-02 23-04 23-03 15-99 31-00 28-03", "电器 电器科技 厨卫电器 燃气具 电器制造 智能家电",
              "电热水壶 电饭煲 空气炸锅 吸油烟机 燃气灶 破壁机 窗式空调器 取暖器 加湿器 热水器 风扇 烤箱"),
    _industry("furniture", "2110 2190 2130", (20, 24), "A47B88/407 A47B95/00 A47C17/04 A47B47/04",
              "06-01 06-03 06-04 06-02", "家具 家居用品 板式家具 家居", "办公桌 衣柜 床头柜 沙发 餐桌 书架 椅子"),
    _industry("redwood", "2110 2110 2120", (20, 35), "A47B3/00 A47C3/00 B27M3/18", "06-01 06-03 06-04",
              "红木家具 红木 古典家具", "红木沙发套件 圈椅 红木大床 顶箱柜 茶台 条案 罗汉床 博古架"),
    _industry("textiles", "1811 1819 1830 1821", (25, 24, 35), "A41D1/00 D06C15/00 A41H43/00 D06P3/60",
              "02-02 02-04 05-05", "服饰 制衣 服装 针织", "休闲裤 衬衫 牛仔裤 卫衣 面料 童装 运动服"),
    _industry("games", "2462 2461 2451", (28, 41, 9), "A63F9/30 A63F13/20 A63G31/00 A63F9/24", "21-03 21-01 21-02",
              "游乐设备 动漫科技 游艺设备 娱乐科技", "游戏机 抓娃娃机 投篮机 赛车游戏机 碰碰车 攀爬架 弹珠机"),
    _industry("health", "2720 2740 3581 3584 2770", (5, 10, 44),
              "A61K31/192 A61B5/00 A61M5/178 A61F13/00 A61K36/78 C12N15/11", "24-01 24-02 24-04", "生物医药 医疗器械 药业 健康科技",
              "监测头带 注射器 敷料 药物组合物 检测试剂盒 雾化器 理疗仪"),
    _industry("electronics", "3982 3989 3911 3975 3922", (9, 38, 42),
              "H05K7/20 H01R13/6581 G06F1/16 H02J7/00 H01L33/48 G01R31/28 H04B1/38", "14-02 13-03 13-02 14-03",
              "电子科技 电子 光电 信息科技 新能源科技", "连接器 电路板 充电器 数据线 传感器 显示模组 音箱 适配器"),
    _industry("equipment", "3562 3484 3491 3569", (7, 12), "B23P19/00 B65G47/28 B25J11/00 B66C1/10 B63B19/14",
              "15-09 15-99 12-05", "智能装备 精密机械 自动化设备 高端装备", "上料装置 装配机 焊接工装 机械手 检测台 输送机构 舱口盖"),
    _industry("cosmetics", "2682 2681 2684", (3, 21, 35), "A61K8/97 A61Q19/00 A45D33/00", "28-03 09-01 09-07",
              "化妆品 日用品 美妆 香料", "精华液 乳液泵 粉盒 面膜 洗发组合物 口红管"),
    _industry("newenergy", "3841 3825 3849", (9, 11, 4), "H01M10/42 H02S20/30 H02J3/38 H01M50/20", "13-02 13-01",
              "新能源 光伏科技 储能科技", "电池箱 储能柜 光伏支架 逆变器 充电桩"),
    _industry("newmaterials", "2659 2641 2929", (1, 2, 17), "C09D183/06 C08L23/12 C09J11/04 C08K5/00", "11-05 25-01",
              "新材料 化工 涂料", "硅酮密封胶 水性涂料 改性塑料 导热硅脂 油墨"),
    _industry("machinery", "3525 3484 3467", (7, 37), "B29C45/14 B24B41/06 B23Q3/06 B26D7/26 B30B15/00", "15-09 15-99 08-03",
              "机械设备 模具 机械制造", "注塑模具 打磨机 夹具 裁切装置 冲压装置 砂轮"),
    _industry("plastics", "2929 2926 2927", (17, 20, 21), "B65D81/18 B29C49/42 B65D25/10 B32B27/08", "09-03 09-07 07-01",
              "塑料制品 包装制品 塑胶", "包装盒 瓶盖 收纳箱 塑料软管 周转箱"),
    _industry("babycare", "2929 3856", (12, 20, 10), "B62B9/10 A61J9/00 A47D13/00", "12-12 24-04 06-01",
              "婴童用品 儿童用品", "婴儿手推车 调奶器 儿童餐椅 学步车 安全座椅"),
    _industry("software", "6513 6531 7519", (42, 9, 35), "G06F16/35 G06Q10/06 H04L67/12 G06T7/00", "14-04 14-02",
              "信息技术 软件 网络科技 科技服务", "数据处理方法 图形用户界面 管理系统 识别方法 调度方法"),
    _industry("retail", "5299 5137 5179", (35, 30, 43), "G09F7/18 A47F5/10 A47G19/22", "01-01 09-03 20-02",
              "贸易 电子商务 食品 文化传播", "展示架 包装袋 礼盒 糕点 茶饮杯"),
)  # fmt: skip

INDUSTRY_INDEX = {industry.key: n for n, industry in enumerate(INDUSTRIES)}

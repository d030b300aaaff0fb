"""What is wrong with a plan made by hand: each text by its key, in English and Simplified Chinese."""

from __future__ import annotations

#: key -> (English, Simplified Chinese). A key is a violation code, or a code and a variant after a dot.
VIOLATIONS: dict[str, tuple[str, str]] = {
    "unknown_incident": ("incident {incident} is not among the open ones", "{incident}不在待处理的救援之中"),
    "unknown_unit": (
        "unit {unit} is not in the fleet; its {count} planned incidents have nobody",
        "车队中没有车辆{unit};计划给它的{count}项救援无人承担",
    ),
    "unknown_unit.one": (
        "unit {unit} is not in the fleet; its planned incident has nobody",
        "车队中没有车辆{unit};计划给它的一项救援无人承担",
    ),
    "duplicate_unit": (
        "unit {unit} is there {count} times; its incidents are taken one after the other",
        "车辆{unit}出现了{count}次;其救援按先后顺序依次计算",
    ),
    "incident_twice": ("incident {incident} is planned already, for {other}", "{incident}已计划由{other}承担"),
    "not_planned": ("nobody is planned for incident {incident}", "{incident}没有安排车辆"),
    "lacks_capability": ("{unit} lacks: {needs}", "{unit}缺少:{needs}"),
    "outside_territory": (
        "{unit} may not serve {incident}: it lies outside its provider's territory",
        "{unit}不得服务{incident}:该处不在其服务商的区域内",
    ),
    "concession": (
        "{unit} may not serve {incident}: the place is an exclusive concession of others",
        "{unit}不得服务{incident}:该处为他方专营",
    ),
    "off_duty": ("{unit} is off duty", "{unit}已下班"),
    "no_known_end": ("{unit} is busy and nobody knows until when", "{unit}正忙且不知何时结束"),
    "pin_ignored": (
        "{incident} is pinned to {pinned_unit}, not {unit}",
        "{incident}已指定由{pinned_unit}承担,而非{unit}",
    ),
    "pin_ignored.first": (
        "{incident} is pinned to {unit} and must be its first",
        "{incident}已指定由{unit}承担,须排在最先",
    ),
    "pin_ignored.left": (
        "{incident} is pinned to {pinned_unit}, but nobody is planned",
        "{incident}已指定由{pinned_unit}承担,但未安排车辆",
    ),
    "pin_ignored.frozen": (
        "{incident} was announced with {pinned_unit}, which is too near to be changed",
        "{incident}已告知由{pinned_unit}承担,该车已接近,不可更换",
    ),
    "same_accident": (
        "{incident} needs another unit than {other}, of the same accident",
        "{incident}与同一事故的{other}须由不同车辆承担",
    ),
    "too_many_jobs": (
        "{unit} has {count} incidents more than the {most} of the policy",
        "{unit}的救援比规则允许的{most}项多{count}项",
    ),
    "contractor_takes_one": (
        "{unit} is a contractor's crew, which takes one incident: it has {count} more",
        "{unit}是承包商的车组,只承担一项救援:多出{count}项",
    ),
    "unreachable": ("no road leads {unit} to {incident}", "{unit}没有道路可到{incident}"),
    "unreachable.closures": (
        "no road leads {unit} to {incident}: traffic entries close the roads ({closures})",
        "{unit}没有道路可到{incident}:道路因交通事件封闭({closures})",
    ),
    "drop_off_unreachable": (
        "no road leads from {incident} to its drop-off or to any of its garages",
        "没有道路从{incident}通往其目的地或任一修理厂",
    ),
    "after_latest": ("arrives {minutes} min after the latest time, {latest}", "比最晚时间{latest}晚{minutes}分钟到达"),
    "after_shift": ("begins {minutes} min after the shift's end, {end}", "在班次结束({end})后{minutes}分钟才开始"),
    "overtime_limit": (
        "ends {minutes} min after the latest that overtime allows, {end}",
        "结束时间超出加班上限({end}){minutes}分钟",
    ),
    "too_early": (
        "{unit} is planned to arrive {minutes} min sooner than it can, {arrives}",
        "{unit}的计划到达时间比最早可能的{arrives}早{minutes}分钟",
    ),
    "promise_broken": ("arrives {minutes} min after the promise, {due}", "比承诺时间{due}晚{minutes}分钟到达"),
    "waits": ("{unit} waits {minutes} min until work may begin", "{unit}须等待{minutes}分钟才能开始作业"),
    "works_overtime": ("{unit} works {minutes} min after its shift", "{unit}下班后仍须工作{minutes}分钟"),
    "later_than_needed": (
        "{unit} could be there {minutes} min sooner than planned",
        "{unit}可比计划早{minutes}分钟到达",
    ),
    "cuts_break_short": (
        "{unit} sets off {minutes} min before the end of its break, {end}",
        "{unit}在休息结束({end})前{minutes}分钟出发",
    ),
    "cuts_break_short.missed": (
        "{unit} works through its break until {end} and misses {minutes} min of it",
        "{unit}在休息时段(至{end})仍在工作,少休息{minutes}分钟",
    ),
    "overtakes_due": (
        "{unit} goes to {incident} before {other}, which called earlier, has waited past its bound and has no unit",
        "{unit}先赴{incident},而{other}来电更早、等待已超过上限且尚无车辆",
    ),
    "overtakes_due.sooner": (
        "{unit} would reach {other} {minutes} min sooner than planned, which called before {incident} and is overdue",
        "{unit}可比计划早{minutes}分钟到达{other},该救援来电早于{incident}且等待已超过上限",
    ),
}

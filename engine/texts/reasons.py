"""Why a unit lost, why an incident is left over: each text by its key, in English and Simplified Chinese.

A key is a reason code, or a code and a variant after a dot. Numbers are formatted as numbers.
"""

from __future__ import annotations

#: key -> (English, Simplified Chinese).
REASONS: dict[str, tuple[str, str]] = {
    # an incident is left over
    "no_capable_unit": ("no unit can do {needs}", "没有能承担{needs}的救援车辆"),
    "outside_territories": (
        "no unit that can do {needs} may serve this place: it lies outside their providers' territories",
        "能承担{needs}的车辆都不得在此服务:该处不在其服务商的区域内",
    ),
    "concession": (
        "this road belongs to an exclusive concession, and no unit of its holders can do {needs}",
        "该路段为专营路段,其专营方没有能承担{needs}的车辆",
    ),
    "no_unit_on_duty": (
        "of the units that can do {needs} here, {off_duty:,} are off duty and {busy:,} busy with no known end",
        "能在此承担{needs}的车辆中,{off_duty:,}辆已下班,{busy:,}辆正忙且不知何时结束",
    ),
    "no_unit_on_duty.one": (
        "of the units that can do {needs} here, {off_duty:,} is off duty and {busy:,} busy with no known end",
        "能在此承担{needs}的车辆中,{off_duty:,}辆已下班,{busy:,}辆正忙且不知何时结束",
    ),
    "shift_ends": (
        "the work would not fit the shift of any unit that could serve it in time",
        "能及时赶到的车辆,其班次均容不下这项工作",
    ),
    "unreachable": (
        "no road leads there from any unit that could serve it",
        "可服务的车辆均没有道路通往该处",
    ),
    "unreachable.closures": (
        "no road leads there from any unit that could serve it: traffic entries close the roads ({closures})",
        "可服务的车辆均没有道路通往该处:道路因交通事件封闭({closures})",
    ),
    "unreachable.closures_until": (
        "no road leads there from any unit that could serve it: closed to {until} or later by entries ({closures})",
        "可服务的车辆均没有道路通往该处:道路因交通事件封闭({closures}),至少到{until}",
    ),
    "drop_off_unreachable": (
        "no road leads from there to the drop-off or to any garage given",
        "没有道路从该处通往目的地或任一指定修理厂",
    ),
    "too_late": (
        "nobody who could serve it arrives within {hours} hours",
        "可服务的车辆均无法在{hours}小时内到达",
    ),
    "too_late.window": (
        "nobody who could serve it arrives by its latest time, {latest}",
        "可服务的车辆均无法在最晚时间{latest}之前到达",
    ),
    "capacity": (
        "all {candidates:,} units that could serve it are needed by other incidents",
        "可服务的{candidates:,}辆车均被其他救援占用",
    ),
    "capacity.two": (
        "both units that could serve it are needed by other incidents",
        "可服务的两辆车均被其他救援占用",
    ),
    "capacity.one": (
        "the only unit that could serve it is needed by other incidents",
        "唯一可服务的车辆被其他救援占用",
    ),
    "pinned_unit_unavailable": (
        "it is pinned to unit {unit}, which is off duty or cannot get there in time; clear the pin to send another",
        "已指定车辆{unit},但该车已下班或无法及时到达;取消指定后可另派车辆",
    ),
    "deadline": (
        "the deadline came before a unit was found; ask again and allow more time",
        "在找到车辆之前计算时限已到;请放宽时限后重试",
    ),
    "kept_for_due": (
        "unit {unit} would reach incident {incident} sooner, which called before and has waited past its bound",
        "车辆{unit}可更早到达救援{incident},该救援来电在先且等待已超过上限",
    ),
    "offers_exhausted": (
        "{asked:,} offers were made for it and none led to a unit that comes; choose a unit by hand",
        "已发出{asked:,}次派单,均未能使车辆前来;请人工选择车辆",
    ),
    "all_refused": (
        (
            "all {refused:,} units on duty that can do {needs} here declined, did not answer, were taken off or have "
            "done their part; of the others here {off_duty:,} are off duty and {busy:,} busy with no known end"
        ),
        (
            "能在此承担{needs}的{refused:,}辆在岗车辆均已拒单、未应答、被撤下或已完成其部分;"
            "此处其余车辆中,{off_duty:,}辆已下班,{busy:,}辆正忙且不知何时结束"
        ),
    ),
    "all_refused.one": (
        (
            "the only unit on duty that can do {needs} here declined, did not answer, was taken off or has done its "
            "part; of the others here {off_duty:,} are off duty and {busy:,} busy with no known end"
        ),
        (
            "能在此承担{needs}的唯一在岗车辆已拒单、未应答、被撤下或已完成其部分;"
            "此处其余车辆中,{off_duty:,}辆已下班,{busy:,}辆正忙且不知何时结束"
        ),
    ),
    "not_planned": ("the plan names no unit that can get there", "计划中没有能到达的车辆"),
    # a unit lost
    "serves_other": ("serves incident {incident}", "已派往救援{incident}"),
    "tie": ("costs the same", "成本相同"),
    "breaks_promise": ("would break the promise by {minutes} min", "将比承诺晚{minutes}分钟"),
    "arrives_later": ("arrives {minutes} min later", "晚到{minutes}分钟"),
    "drives_farther": ("drives {minutes} min more", "多行驶{minutes}分钟"),
    "dearer": ("costs more to call out", "费用更高"),
    "changes_plan": ("would change the announced unit for too little gain", "更换已通知的车辆收益太小"),
    "works_overtime": ("would work longer after its shift", "将超出班次加班更久"),
    "lower_quality": ("its provider does worse work", "其服务商质量评分较低"),
    "may_decline": ("its provider declines more often", "其服务商更常拒单"),
    "had_its_share": ("its provider has had more than its share of work", "其服务商近期接单已超过应得份额"),
    "leaves_uncovered": (
        "would leave more of its surroundings without cover",
        "派出后其周边将有更多需求无车可及时到达",
    ),
    # a slot is not offered
    "slot_over": ("the slot has passed", "该时段已过"),
    "slot_full": (
        "every unit that could take it has as many jobs in its queue as it may",
        "可承担的车辆排队任务均已达上限",
    ),
    "held_back": (
        "{free:,} units would be free then, and {needed:,} are kept for those who will call",
        "届时有{free:,}辆车空闲,其中须为随时来电保留{needed:,}辆",
    ),
    # a plan was solved with one job a unit, or with several
    "one_each": (
        "every incident that can be served has a unit of its own, and no unit is missed that could keep a promise",
        "凡能救援的事件均已各派一车,且凡有车可兑现的承诺均未被打破",
    ),
    "one_each.asked": ("at most one incident a unit was asked for", "按要求每车至多承担一项救援"),
    "one_each.contractors": (
        "every unit is a contractor's crew, which takes one incident",
        "所有车辆均为承包商的车组,每组只承担一项救援",
    ),
    "one_each.time": (
        "too little time was left to plan several incidents a unit, though {left:,} have none",
        "剩余时间不足以为车辆规划多项救援,仍有{left:,}项无车",
    ),
    "one_each.large": (
        "{incidents:,} incidents and {units:,} units are too many to plan several incidents a unit; send fewer at once",
        "{incidents:,}项救援与{units:,}辆车规模过大,无法为每车规划多项救援;请减少单次数量",
    ),
    "tours": (
        "{left:,} incidents would have no unit with one each: units serve up to {most} in order",
        "若每车只承担一项,将有{left:,}项无车可派:每车依次承担至多{most}项",
    ),
    "tours.one": (
        "one incident would have no unit with one each: units serve up to {most} in order",
        "若每车只承担一项,将有一项无车可派:每车依次承担至多{most}项",
    ),
    "tours.booked": (
        "{booked:,} booked for later leave room for others before: units serve up to {most} in order",
        "有{booked:,}项预约在后,之前尚可承担其他救援:每车依次承担至多{most}项",
    ),
    "tours.late": (
        "{late:,} promises would be broken with one incident each: units serve up to {most} in order",
        "若每车只承担一项,将有{late:,}项承诺无法兑现:每车依次承担至多{most}项",
    ),
    "tours.late.one": (
        "one promise would be broken with one incident each: units serve up to {most} in order",
        "若每车只承担一项,将有一项承诺无法兑现:每车依次承担至多{most}项",
    ),
    "tours.part": (
        "{left:,} would have no unit with one incident each: the {planned:,} most urgent get tours of up to {most}",
        "若每车只承担一项,将有{left:,}项无车可派:先规划最紧急的{planned:,}项,每车依次承担至多{most}项",
    ),
    "tours.asked": ("several incidents a unit were asked for, up to {most} in order", "按要求每车依次承担至多{most}项"),
}
#: Where contractors are in the fleet, why there are tours goes on with what their crews do.
REASONS |= {
    f"{key}.hired": (
        f"{english}; contractors' crews, {{hired:,}} of the units, take one each",
        f"{chinese};其中{{hired:,}}辆为承包商车组,各承担一项",
    )
    for key, (english, chinese) in REASONS.items()
    if key.partition(".")[0] == "tours"
}

#: Words that stand in variables, in Simplified Chinese.
WORDS: dict[str, str] = {
    "breakdown_repair": "故障维修",
    "towing": "拖车",
    "airport_transfer": "机场接送",
    "designated_driver": "代驾",
    "vehicle_booking": "用车预约",
    "battery": "搭电",
    "tyre": "换胎",
    "fuel": "送油",
    "lockout": "开锁",
    "winch": "绞盘救援",
    "flatbed": "平板",
    "heavy": "重型",
    "electric": "新能源",
    "wheelchair": "轮椅",
}
#: Variables whose value is a list of such words.
WORD_LISTS = ("needs",)

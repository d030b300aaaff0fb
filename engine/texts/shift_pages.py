"""Texts of the page and the picture of a shift plan, in English and Simplified Chinese."""

from __future__ import annotations

SHIFT_PAGES: dict[str, tuple[str, str]] = {
    "shifts": ("Shifts, {region}", "班次，{region}"),
    "calls_a_day": ("{calls} calls a day, {minutes} minutes each", "每天 {calls} 次来电，每次 {minutes} 分钟"),
    "calls_a_week": ("{calls} calls a week, {minutes} minutes each", "每周 {calls} 次来电，每次 {minutes} 分钟"),
    "target_of": ("target: {share} within promise in every hour", "目标：每个时段承诺内 {share}"),
    "hours_of": ("crew-hours given, best share asked for", "班组工时已定，求最高比例"),
    # key figures
    "calls_within": ("Calls within promise", "承诺内的来电"),
    "worst_hour": ("{share} in the worst hour, {hour}", "最差时段 {hour} 为 {share}"),
    "worst_hour.target": (
        "{share} in the worst hour, {hour}; target {target}",
        "最差时段 {hour} 为 {share}；目标 {target}",
    ),
    "crews_needed": ("Crews needed", "所需班组"),
    "at_providers": ("at {count} of {bases} bases", "分布于 {bases} 处基地中的 {count} 处"),
    "crew_hours_day": ("Crew-hours a day", "每天班组工时"),
    "crew_hours_week": ("Crew-hours a week", "每周班组工时"),
    "at_most": ("at most {count} on duty at once", "同时在岗至多 {count} 个班组"),
    "cost": ("Cost", "费用"),
    "cost_a_day": ("a day", "每天"),
    "cost_a_week": ("a week", "每周"),
    "could_be_better": ("Could be better by", "至多还可改进"),
    "nothing": ("nothing", "无"),
    "proven": ("proven: no plan of these shifts is better", "已证明：这些班次没有更好的方案"),
    "bound.cost": ("no plan of these shifts costs less than {bound}", "这些班次的任何方案费用不低于 {bound}"),
    "bound.share": ("no plan of these shifts exceeds {bound}", "这些班次的任何方案不超过 {bound}"),
    # charts
    "chart_calls": ("Calls an hour", "每小时来电"),
    "chart_crews": ("Crews on duty", "在岗班组"),
    "chart_share": ("Calls within promise, %", "承诺内的来电，%"),
    "free_crews": ("free on average", "平均空闲"),
    "busy_crews": ("at work on average", "平均在忙"),
    "calls": ("calls", "来电"),
    "share": ("within promise", "承诺内"),
    "target": ("target {share}", "目标 {share}"),
    "below_target": ("below the target", "低于目标"),
    "chart_told": (
        "{title}: from {least} ({least_hour}) to {most} ({most_hour})",
        "{title}：{least}（{least_hour}）至 {most}（{most_hour}）",
    ),
    # map
    "on_duty": ("Provider with crews on duty", "有班组在岗的服务商"),
    "off_duty": ("Provider with nobody on duty", "无班组在岗的服务商"),
    "with_crews": ("{provider}: {count}", "{provider}：{count}"),
    "crews_on_duty": ("Crews on duty", "在岗班组"),
    # tables
    "shift_table": ("Shifts", "班次"),
    "days": ("Days", "日子"),
    "every_day": ("every day", "每天"),
    "shift_cost": ("Cost", "费用"),
    "no_shift": ("Nobody is needed.", "不需要班组。"),
    "hour_table": ("What every hour gets", "各时段情况"),
    "hour_calls": ("Calls", "来电"),
    "hour_busy": ("Busy, %", "在忙，%"),
    "hour_all_busy": ("All busy, %", "全忙，%"),
    "hour_within": ("Within promise, %", "承诺内，%"),
    "hour_reached": ("Reached if all were free, %", "若全部空闲可到，%"),
}

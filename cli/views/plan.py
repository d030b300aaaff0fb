"""A plan on the terminal: key figures, promise by promise, what changed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from cli.views.words import AT_RISK, mark, plural, slack, text
from engine.decision import Assignment, CostParts, Plan, ReasonCode, Unserved
from engine.tables.asking import question
from engine.tables.clock import Clock, late_minutes
from engine.tables.plan_json import plan_summary
from engine.tables.plan_rows import cost_minutes
from engine.tables.stops import stop_texts
from engine.tables.why import Why

#: Of more incidents than this only those that need attention are listed, and the tightest few.
SHOWN = 40
TIGHTEST = 10
#: Incidents that somebody should call back about, at most.
MOST_ASKED = 10

Answer = Assignment | Unserved


def print_plan(out: Console, plan: Plan, why: Why, clock: Clock) -> None:
    """Everything a dispatcher needs to act on the plan."""
    answers: list[Answer] = sorted([*plan.assignments, *plan.unserved], key=_urgency)
    if len(answers) > SHOWN:
        answers.sort(key=lambda answer: not why.warnings(answer))
        attention = sum(bool(why.words(answer)) or _at_risk(answer) for answer in answers)
        shown = answers[: min(SHOWN, max(TIGHTEST, attention))]
    else:
        shown = answers
    stops = {answer.incident_id: text for answer, text in zip(answers, stop_texts(answers), strict=True)}
    out.print(_promises(shown, stops, why, clock))
    if rest := answers[len(shown) :]:
        out.print(f"   … and {plural(len(rest), 'more incident')}{_what_rest(rest)}.", style="dim")
    _print_reasons(out, [answer for answer in shown if why.words(answer)], why)
    _print_questions(out, answers)
    out.print()
    print_figures(out, plan)


def print_figures(out: Console, plan: Plan) -> None:
    """Promises kept, changes, cost by part, and how good the plan is proven to be."""
    figures = plan_summary(plan)
    grid = _grid()
    total = figures["incidents"]
    kept = f"[bold]{figures['promises_kept']:,}[/bold] of {total:,}"
    grid.add_row("Promises kept", kept)
    if figures["promises_broken"]:
        mean, worst = late_minutes(figures["mean_lateness_s"]), late_minutes(figures["worst_lateness_s"])
        late = f"[red]{figures['promises_broken']:,}[/red], {mean:.1f} min late on average, {worst:.1f} at worst"
        grid.add_row("Promises broken", late)
    if figures["unserved"]:
        reasons = Counter(left.reason.code.value.replace("_", " ") for left in plan.unserved)
        named = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
        grid.add_row("Without a unit", f"[red]{figures['unserved']:,}[/red]: {named}")
    if figures["changed"]:
        grid.add_row("Units changed", f"{figures['changed']:,}")
    grid.add_row("Cost in minutes", _cost(plan.cost))
    grid.add_row("Quality", quality(plan))
    if plan.why is not None:
        grid.add_row("Solved so because", text(plan.why.message))
    out.print(grid)


def quality(plan: Plan) -> str:
    """Whether the plan is proven optimal, or by how much it may miss; of one incident a unit, only among such."""
    kind = " with one each" if plan.why is not None and plan.why.code is ReasonCode.ONE_EACH else ""
    if plan.gap == 0:
        return f"proven optimal{kind} ({plan.solver})"
    if plan.gap >= plan.cost.total:
        return f"nothing is proven about it ({plan.solver})"
    share = f", {plan.gap / plan.cost.total:.1%}" if plan.cost.total and plan.gap >= 0.0005 * plan.cost.total else ""
    minutes = f"{plan.gap / 1000:,.1f}" if plan.gap >= 50 else "0.1"
    return f"at most {minutes} minutes above the optimum{kind}{share} ({plan.solver})"


def _promises(answers: list[Answer], stops: dict[str, str], why: Why, clock: Clock) -> Table:
    tours = any(stops.values())
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column("Incident", overflow="fold")
    table.add_column("Class")
    table.add_column("Due", justify="right")
    table.add_column("Unit", overflow="fold")
    if tours:
        table.add_column("Stop", justify="right", no_wrap=True)
    table.add_column("Arrives", justify="right")
    table.add_column("Slack", justify="right", no_wrap=True)
    table.add_column("")
    for answer in answers:
        row = [mark(answer), text(answer.incident_id), answer.promise.promise_class.value]
        if isinstance(answer, Unserved):
            row += [clock.at(answer.promise.due_at), "[red]none[/red]", *([""] if tours else []), "", ""]
        else:
            chosen = answer.chosen
            late = "red" if not chosen.promise_kept else "yellow" if chosen.slack < AT_RISK else "none"
            due, arrives = clock.due_and_arrival(answer.promise.due_at, chosen.arrives_at)
            stop = [stops[answer.incident_id]] if tours else []
            row += [due, text(chosen.unit_id), *stop, arrives, f"[{late}]{slack(chosen.slack)}[/]"]
        remark = "[yellow]unfit[/yellow]" if why.warnings(answer) else ""
        row.append("[cyan]changed[/cyan]" if _changed(answer) else remark)
        table.add_row(*row)
    return table


def _print_reasons(out: Console, answers: list[Answer], why: Why) -> None:
    if not answers:
        return
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(overflow="fold")
    grid.add_column()
    for answer in answers:
        words = text(why.words(answer))
        if _changed(answer):
            unit = answer.chosen.unit_id if isinstance(answer, Assignment) else "none"
            words = f"[cyan]{text(str(answer.previous_unit_id))} → {text(unit)}[/cyan]: {words}"
        grid.add_row(text(answer.incident_id), f"[yellow]{words}[/yellow]" if why.warnings(answer) else words)
    out.print("\n[bold]Why[/bold]")
    out.print(grid)


def _print_questions(out: Console, answers: list[Answer]) -> None:
    """Whom to call back about where they are: only where it matters, and never more than fit."""
    asked = [(answer, words) for answer in answers if (words := question(answer))]
    if not asked:
        return
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(overflow="fold")
    grid.add_column()
    for answer, words in asked[:MOST_ASKED]:
        grid.add_row(text(answer.incident_id), text(words))
    out.print("\n[bold]Ask where they are[/bold]")
    out.print(grid)
    if len(asked) > MOST_ASKED:
        out.print(f"   … and {plural(len(asked) - MOST_ASKED, 'more incident')}; --json or --out has all.", style="dim")


def _urgency(answer: Answer) -> tuple[int, float]:
    """Unserved, broken, changed, at risk, then the rest by slack."""
    if isinstance(answer, Unserved):
        return 0, answer.promise.due_at.timestamp()
    rank = 1 if not answer.chosen.promise_kept else 2 if answer.changed else 3
    return rank, answer.chosen.slack.total_seconds()


def _what_rest(rest: Iterable[Answer]) -> str:
    broken = sum(not _kept(answer) for answer in rest)
    changed = sum(_changed(answer) for answer in rest)
    if broken:
        return f", {broken:,} of them not in time"
    return f", all in time{f', {changed:,} changed' if changed else ''}"


def _changed(answer: Answer) -> bool:
    return answer.changed if isinstance(answer, Assignment) else answer.previous_unit_id is not None


def _at_risk(answer: Answer) -> bool:
    return isinstance(answer, Assignment) and answer.chosen.slack < AT_RISK


def _kept(answer: Answer) -> bool:
    return isinstance(answer, Assignment) and answer.chosen.promise_kept


def _cost(cost: CostParts) -> str:
    parts = cost_minutes(cost)
    total = parts.pop("total")
    named = " + ".join(f"{value:,.1f} {name.replace('_', ' ')}" for name, value in parts.items() if value)
    return f"[bold]{total:,.1f}[/bold]{f' = {named}' if named else ''}"


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    return grid

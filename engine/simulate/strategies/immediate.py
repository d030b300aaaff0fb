"""Towline at each call: the best unit for it, and no second thoughts once a unit is sent."""

from __future__ import annotations

from engine.simulate.moment import Choice, Moment


class Immediate:
    """In order of call, `Dispatcher.recommend`: the best unit goes at once if it is free.

    Who is served best by a unit that is still busy waits, and nobody who called later gets that unit before; so does
    who finds no unit. At the next event they ask again.
    """

    name = "immediate"

    def decide(self, moment: Moment) -> Choice:
        choice = moment.sent
        taken = set(choice.values())
        free = set(moment.free)
        for incident in moment.open:
            if incident.id in choice:
                continue
            if not free:
                break
            answer = moment.dispatcher.recommend(incident, moment.state, moment.now, runners_up=len(taken))
            for candidate in filter(None, (answer.best, *answer.runners_up)):
                if candidate.unit_id not in taken:
                    choice[incident.id] = candidate.unit_id
                    taken.add(candidate.unit_id)
                    free.discard(candidate.unit_id)
                    break
        return choice

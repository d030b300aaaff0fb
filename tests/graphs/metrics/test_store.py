"""The store: what each departure's metric is, snapshots, updates, warmth."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from graphs.errors import TrafficError
from graphs.metrics import (
    Arcs,
    Area,
    Direction,
    MetricStore,
    TrafficEntry,
    TrafficProfile,
    TrafficUpdate,
    Ways,
    Weather,
    WeatherSpell,
    load_traffic_profile,
)
from graphs.metrics.feed import FeedLimits
from graphs.region import Region
from tests.graphs.metrics.oracle import INF, weights

BERLIN = ZoneInfo("Europe/Berlin")
#: A Tuesday.
NINE = datetime(2026, 3, 3, 9, 0, tzinfo=BERLIN)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def random_entry(region: Region, rng: np.random.Generator, number: int) -> TrafficEntry:
    network = region.network
    kind = rng.integers(4)
    if kind == 0:
        where = Ways(int(rng.choice(network.arc_way)), Direction(rng.choice(list(Direction))))
    elif kind == 1:
        where = Ways(rng.choice(network.arc_way, 4))
    elif kind == 2:
        where = Arcs(rng.integers(0, network.arc_count, 5))
    else:
        node = rng.integers(network.node_count)
        circle = shapely.Point(network.node_lon[node], network.node_lat[node]).buffer(rng.uniform(1e-4, 3e-3))
        where = Area(circle, frozenset({"residential", "tertiary"}) if rng.random() < 0.5 else None)
    many = 4 if kind == 1 else 5 if kind == 2 else 0
    size = many if many and rng.random() < 0.5 else None
    effect: Any = [
        {"speed_kph": rng.uniform(3, 120, size)},
        {"factor": rng.uniform(0.05, 1.9, size)},
        {"closed": True},
    ][rng.choice(3, p=[0.45, 0.45, 0.1])]
    start = NINE + MINUTE * int(rng.integers(-60, 120)) if rng.random() < 0.7 else None
    begin = max(start or NINE, NINE)
    end = begin + MINUTE * int(rng.integers(1, 90)) if rng.random() < 0.8 else None
    return TrafficEntry(f"e{number}", where, start=start, end=end, **effect)


@pytest.mark.parametrize("seed", range(4))
def test_metric_of_any_departure_equals_the_slow_oracle(small_town: Region, seed: int) -> None:
    """Upserts, removals, weather and hours: each departure gets the weights that plain rules give."""
    rng = np.random.default_rng(seed)
    profile = load_traffic_profile()
    store = MetricStore(small_town, profile)
    store.set_weather([WeatherSpell(Weather.SNOW, NINE + 40 * MINUTE, NINE + 80 * MINUTE)], NINE)
    held: dict[str, TrafficEntry] = {}
    for step in range(4):
        fresh = [random_entry(small_town, rng, int(n)) for n in rng.choice(14, 8, replace=False)]
        gone = [str(i) for i in rng.choice(sorted(held), min(len(held), 2), replace=False)] if held else []
        result = store.update(TrafficUpdate(fresh, gone), NINE)
        refused = {refusal.id for refusal in result.refusals}
        assert result.accepted + len(refused) == len(fresh), f"seed {seed}"
        held = {k: v for k, v in held.items() if k not in gone} | {e.id: e for e in fresh if e.id not in refused}
        assert result.in_force == len(held), f"seed {seed}"
        for _ in range(6):
            when = NINE + timedelta(seconds=int(rng.integers(0, 3 * 3600)))
            snowing = NINE + 40 * MINUTE <= when < NINE + 80 * MINUTE
            weather = Weather.SNOW if snowing else Weather.DRY
            key, metric = store.view().at(when)
            expected = weights(small_town, profile, weather, list(held.values()), when)
            found = metric.weights[: small_town.network.arc_count]
            assert np.array_equal(found, expected), f"seed {seed}, step {step}, {when}, {key}"
            assert np.array_equal(metric.times, small_town.customise(expected).times), f"seed {seed}, {when}"
            assert (key.weather, key.epoch) == (weather, step + 2)


def test_a_closure_counts_at_the_departure(small_town: Region) -> None:
    """A closure that ends at 10:00 holds for 9:59:59.999 and not for 10:00 or 11:00; one that starts later waits."""
    store = MetricStore(small_town)
    now, later = Arcs(3), Arcs(8)
    result = store.update(
        TrafficUpdate(
            [
                TrafficEntry("works", now, closed=True, end=NINE + HOUR),
                TrafficEntry("race", later, closed=True, start=NINE + 2 * HOUR),
            ]
        ),
        NINE,
    )
    assert (result.accepted, result.waiting, result.arcs_changed) == (2, 1, 1)
    cases = [
        (timedelta(0), True, False),
        (HOUR - timedelta(milliseconds=1), True, False),
        (HOUR, False, False),
        (2 * HOUR, False, True),
        (500 * HOUR, False, True),
    ]
    for ahead, first, second in cases:
        _, metric = store.view().at(NINE + ahead)
        assert ((metric.weights[3] >= INF), (metric.weights[8] >= INF)) == (first, second), ahead


def test_ended_entries_are_dropped_at_the_next_update(small_town: Region) -> None:
    """What has ended is refused when it comes, dropped when it is there, and counted both times."""
    store = MetricStore(small_town)
    entry = TrafficEntry("e", Arcs(1), factor=0.5, end=NINE + HOUR)
    assert store.update(TrafficUpdate([entry]), NINE).in_force == 1
    result = store.update(TrafficUpdate([entry], ["e"]), NINE + HOUR)
    assert (result.expired, result.accepted, result.removed, result.in_force) == (1, 0, 0, 0)
    assert result.ignored() == {"expired": 1, "unknown_id": 1}


def test_hours_follow_the_region_clock(small_town: Region) -> None:
    """9:59:59 departs under Tuesday 09, 10:00 under Tuesday 10, whatever zone the question is asked in."""
    hours = TrafficProfile.flat().hours.copy()
    hours[:, 24 + 10] = 0.5
    flat = TrafficProfile.flat()
    store = MetricStore(small_town, TrafficProfile("t", hours, flat.weather, flat.ways))
    view = store.view()
    before, after = view.at(NINE + HOUR - MINUTE), view.at((NINE + HOUR).astimezone(UTC))
    assert [str(key) for key, _ in (before, after)] == ["0.0/tue-09/dry", "0.0/tue-10/dry"]
    slow = weights(small_town, store.times.profile, Weather.DRY, [], NINE + HOUR)
    assert np.array_equal(before[1].weights[: slow.size], small_town.network.free_flow_ms)
    assert np.array_equal(after[1].weights[: slow.size], slow)
    assert slow.sum() > 1.9 * small_town.network.free_flow_ms.sum()


def test_departures_on_the_nights_the_clock_changes(small_town: Region) -> None:
    """The hour after 01:59 is 03 in March; in October both hours from 02:00 to 03:00 have one metric."""
    view = MetricStore(small_town, load_traffic_profile()).view()
    march = datetime(2026, 3, 29, 1, 59, tzinfo=BERLIN).astimezone(UTC)
    assert [view.at(march + n * MINUTE)[0].slot % 24 for n in (0, 1)] == [1, 3]
    october = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN).astimezone(UTC)
    keys = [view.at(october + n * HOUR) for n in range(4)]
    assert [key.slot % 24 for key, _ in keys] == [1, 2, 2, 3]
    assert keys[1][1] is keys[2][1]


def test_free_flow_is_the_region_metric(small_town: Region) -> None:
    """Without profile and feed the store's metric is the region's, to the millisecond."""
    _, metric = MetricStore(small_town).view().at(NINE)
    assert np.array_equal(metric.weights, small_town.metric.weights)


def test_readers_keep_their_snapshot(small_town: Region) -> None:
    """A view taken before an update answers as before it, also for metrics it had not asked for yet."""
    store = MetricStore(small_town)
    old = store.view()
    store.update(TrafficUpdate([TrafficEntry("c", Arcs(5), closed=True)]), NINE)
    assert old.at(NINE + 5 * HOUR)[1].weights[5] < INF
    assert store.view().at(NINE + 5 * HOUR)[1].weights[5] == INF
    assert (old.epoch, store.view().epoch) == (0, 1)


def test_equal_content_is_one_metric(small_town: Region) -> None:
    """Entries that change nothing at a departure make a new snapshot but no new metric."""
    store = MetricStore(small_town)
    first = store.view().at(NINE)[1]
    store.update(TrafficUpdate([TrafficEntry("c", Arcs(5), closed=True, start=NINE + HOUR)]), NINE)
    assert store.view().at(NINE)[1] is first
    nothing = store.update(TrafficUpdate(), NINE)
    assert (nothing.epoch, nothing.arcs_changed) == (1, 0)


def test_strict_updates_are_all_or_nothing(small_town: Region) -> None:
    """With `strict` one wrong entry refuses the update with its reason, and nothing has changed."""
    store = MetricStore(small_town)
    update = TrafficUpdate([TrafficEntry("good", Arcs(5), closed=True), TrafficEntry("bad", Arcs(5), speed_kph=-3)])
    with pytest.raises(TrafficError, match=r"'bad'.*above 0.*Nothing was changed") as raised:
        store.update(update, NINE, strict=True)
    assert raised.value.metadata == {"entry": "bad", "refusal": "BAD_SPEED", "refused": "1"}
    assert (store.view().epoch, len(store.view().snapshot.feed.entries)) == (0, 0)
    assert store.update(update, NINE).accepted == 1


def test_a_follower_that_fails_cancels_the_update(small_town: Region) -> None:
    """When labels cannot be made, the old snapshot stays published; the next update goes through."""
    store = MetricStore(small_town)
    seen: list[tuple[int, int]] = []

    def follower(view, keys, _now) -> None:
        seen.append((view.epoch, len(keys)))
        if view.epoch == 1 and len(seen) == 2:
            raise RuntimeError("no memory")

    store.follow(follower)
    store.warm(NINE)
    update = TrafficUpdate([TrafficEntry("c", Arcs(5), closed=True)])
    with pytest.raises(RuntimeError):
        store.update(update, NINE)
    assert store.view().epoch == 0
    assert store.update(update, NINE).epoch == 1
    assert seen == [(0, 2), (1, 1), (1, 1), (1, 2)]


def test_this_hour_and_the_next_stay_warm_within_the_budget(small_town: Region) -> None:
    """A store without room still keeps the two warm metrics, makes others when asked, and keeps no others."""
    store = MetricStore(small_town, load_traffic_profile(), budget_bytes=1)
    store.warm(NINE)
    warm = [store.view().at(NINE + n * HOUR)[1] for n in (0, 1)]
    other = store.view().at(NINE + 7 * HOUR)[1]
    assert store.view().at(NINE + 7 * HOUR)[1] is other
    store.view().at(NINE + 5 * HOUR)
    assert store.view().at(NINE + 7 * HOUR)[1] is not other
    assert [store.view().at(NINE + n * HOUR)[1] for n in (0, 1)] == warm
    store.warm(NINE + HOUR)
    assert store.view().at(NINE + HOUR)[1] is warm[1]
    assert store.cached_bytes <= 3 * (warm[0].times.nbytes + warm[0].weights.nbytes)


def test_metrics_of_old_snapshots_are_let_go(small_town: Region) -> None:
    """However many updates come, only metrics that the newest snapshot can use are kept, other hours' among them."""
    store = MetricStore(small_town, load_traffic_profile())
    store.warm(NINE)
    afternoon = store.view().at(NINE + 6 * HOUR)[1]
    for speed in range(5, 25):
        store.update(TrafficUpdate([TrafficEntry("e", Arcs(5), speed_kph=speed, end=NINE + 2 * HOUR)]), NINE)
    assert store.view().at(NINE + 6 * HOUR)[1] is afternoon
    # two warm ones and their memory for the next update, two of other hours
    assert store.cached_bytes <= 6 * (afternoon.times.nbytes + afternoon.weights.nbytes)


def test_many_askers_make_a_metric_once(small_town: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads that want the same hour at the same time get the same metric, made once."""
    store = MetricStore(small_town, load_traffic_profile())
    made, inner = [], store._made

    def slowly(key, overlay):
        made.append(key)
        threading.Event().wait(0.05)
        return inner(key, overlay)

    monkeypatch.setattr(store, "_made", slowly)
    start, found = threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        found.append(store.view().at(NINE)[1])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len({id(metric) for metric in found}), len(found)) == (1, 1, 8)


def test_readers_never_see_half_an_update(small_town: Region) -> None:
    """While two arcs are closed and opened together, no reader ever sees one closed and the other open."""
    store = MetricStore(small_town)
    close = TrafficUpdate([TrafficEntry("a", Arcs(2), closed=True), TrafficEntry("b", Arcs(40), closed=True)])
    stop, wrong, epochs = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            view = store.view()
            shut = view.at(NINE)[1].weights[[2, 40]] >= INF
            epochs.add(view.epoch)
            if shut[0] != shut[1] or shut[0] != (view.epoch % 2 == 1):
                wrong.append(view.epoch)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    results = list(store.stream([close, TrafficUpdate(removes=["a", "b"])] * 40, lambda: NINE))
    stop.set()
    for reader in readers:
        reader.join()
    assert [result.epoch for result in results] == list(range(1, 81))
    assert not wrong, f"{wrong[:3]} of {len(epochs)} epochs seen"


def test_times_without_a_zone_are_refused(small_town: Region) -> None:
    """A departure or a now without a zone could be hours wrong, so it is an error."""
    store = MetricStore(small_town)
    naive = NINE.replace(tzinfo=None)
    for call in (
        lambda: store.view().at(naive),
        lambda: store.update(TrafficUpdate(), naive),
        lambda: store.warm(naive),
        lambda: store.set_weather([WeatherSpell(Weather.ICE, start=naive)], NINE),
    ):
        with pytest.raises(TrafficError, match="no time zone"):
            call()
    with pytest.raises(TrafficError, match="not after its start"):
        store.set_weather([WeatherSpell(Weather.ICE, NINE, NINE)], NINE)


def test_hours_alike_share_one_metric(small_town: Region) -> None:
    """At free flow every hour has the same content: its own key, no metric of its own."""
    view = MetricStore(small_town).view()
    keys, metrics = zip(*(view.at(NINE + n * HOUR) for n in range(30)), strict=True)
    assert len(set(keys)) == 30
    assert len(set(metrics)) == 1
    profile = load_traffic_profile()
    view = MetricStore(small_town, profile).view()
    for n in range(48):
        expected = weights(small_town, profile, Weather.DRY, [], NINE + n * HOUR)
        assert np.array_equal(view.at(NINE + n * HOUR)[1].weights[: expected.size], expected), n


def test_a_full_feed_refuses_more(small_town: Region) -> None:
    """Entries beyond the limits are refused and counted; one that replaces another needs no room of its own."""
    store = MetricStore(small_town, limits=FeedLimits(entries=3, rows=5))
    entries = [TrafficEntry(f"e{n}", Arcs([n]), factor=0.5) for n in range(5)]
    result = store.update(TrafficUpdate(entries), NINE)
    assert (result.accepted, result.in_force, result.ignored()) == (3, 3, {"feed_full": 2})
    assert [refusal.index for refusal in result.refusals] == [3, 4]
    wider = TrafficEntry("e0", Arcs([1, 2, 3]), factor=0.4)
    too_wide = TrafficEntry("e1", Arcs([1, 2]), factor=0.4)
    result = store.update(TrafficUpdate([wider, too_wide]), NINE)
    assert (result.accepted, result.in_force, result.ignored()) == (1, 3, {"feed_full": 1})
    result = store.update(TrafficUpdate([too_wide], ["e2", "e0"]), NINE)
    assert (result.accepted, result.removed, result.in_force) == (1, 2, 1)


def test_an_update_may_be_tried(small_town: Region) -> None:
    """Without publishing it says what would be, and nothing is."""
    store = MetricStore(small_town)
    view = store.view()
    update = TrafficUpdate([TrafficEntry("e", Arcs([1, 2]), closed=True), TrafficEntry("f", Arcs(-1), closed=True)])
    tried = store.update(update, NINE, publish=False)
    assert (tried.epoch, tried.accepted, tried.arcs_changed, tried.in_force) == (0, 1, 2, 1)
    assert store.view() is view
    assert store.update(update, NINE).epoch == 1
    assert store.clear(NINE, publish=False).removed == 1
    assert store.clear(NINE, prefix="x").removed == 0
    assert (store.clear(NINE, prefix="e").removed, store.view().epoch) == (1, 2)


def test_a_caller_who_leaves_stops_the_check(small_town: Region) -> None:
    """What the checkpoint raises comes out, and nothing is taken."""
    store = MetricStore(small_town)

    def gone() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.update(TrafficUpdate([TrafficEntry("e", Arcs([1, 2]), closed=True)]), NINE, checkpoint=gone)
    assert store.view().epoch == 0


def test_what_is_said_to_have_ended_has(small_town: Region) -> None:
    """An entry that is sent again with an end in the past is refused, and the older one of its id goes."""
    store = MetricStore(small_town)
    store.update(TrafficUpdate([TrafficEntry("e", Arcs(1), closed=True)]), NINE)
    result = store.update(TrafficUpdate([TrafficEntry("e", Arcs(1), closed=True, end=NINE - MINUTE)]), NINE)
    assert (result.expired, result.in_force, result.ignored()) == (1, 0, {"expired": 1})

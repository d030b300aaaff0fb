"""Is the story of a ledger possible? And the state that follows from it, rebuilt from its events alone."""

from engine.live.verify.faults import Fault as Fault
from engine.live.verify.faults import Finding as Finding
from engine.live.verify.replay import Replayed as Replayed
from engine.live.verify.replay import kept as kept
from engine.live.verify.replay import replay as replay
from engine.live.verify.replay import state_hash as state_hash
from engine.live.verify.story import verify as verify

"""The ledger: everything acknowledged, kept in SQLite or PostgreSQL, by region and numbered event."""

from engine.ledger.lease import Lease as Lease
from engine.ledger.ledger import Ledger as Ledger
from engine.ledger.region import RegionLedger as RegionLedger
from engine.ledger.rows import AnswerRow as AnswerRow
from engine.ledger.rows import Batch as Batch
from engine.ledger.rows import DecisionRow as DecisionRow
from engine.ledger.rows import EventRow as EventRow
from engine.ledger.rows import IncidentRow as IncidentRow
from engine.ledger.rows import Loaded as Loaded
from engine.ledger.rows import PositionRow as PositionRow
from engine.ledger.rows import ProviderRow as ProviderRow
from engine.ledger.rows import Purged as Purged
from engine.ledger.rows import TrackRow as TrackRow
from engine.ledger.rows import UnitRow as UnitRow
